//! The grammar: lists, pipes, compound and simple commands.

use super::syntax::{Broken, Node, RawRedirect, RawWord, Script};
use super::token::{Dialect, Lexer, Op, RedirectOp, Token};
use super::word::is_name;

/// The words that end a list when they stand where a command could.
const ENDS: &[&str] = &["then", "elif", "else", "fi", "do", "done", "esac", "}"];

impl Lexer {
    /// A whole script: what could be read of it, and whether that was all.
    pub(super) fn script(mut self) -> (Script, bool) {
        let mut nodes = Vec::new();
        let whole = self.list_into(&mut nodes).and_then(|()| self.take()) == Ok(Token::End);
        (Script { nodes, documents: self.documents }, whole)
    }

    /// The list of a substitution, up to its closing parenthesis.
    pub(super) fn command_list(&mut self) -> Result<Vec<Node>, Broken> {
        self.isolated(Lexer::list)
    }

    /// The same, where the first parenthesis of the list has been read already: `$((a); b)`.
    pub(super) fn command_list_after_paren(&mut self) -> Result<Vec<Node>, Broken> {
        self.ahead = None;
        self.isolated(|lexer| {
            let first = lexer.subshell()?;
            let first = lexer.with_redirects(first)?;
            let first = lexer.rest_of_pipeline(first)?;
            let first = lexer.rest_of_and_or(first)?;
            let mut nodes = Vec::new();
            lexer.finish_item(first, &mut nodes)?;
            lexer.list_into(&mut nodes)?;
            Ok(nodes)
        })
    }

    /// Reads a list in the middle of a word, with here-documents of its own.
    fn isolated(
        &mut self,
        read: impl FnOnce(&mut Lexer) -> Result<Vec<Node>, Broken>,
    ) -> Result<Vec<Node>, Broken> {
        self.deeper(|lexer| {
            let outer = std::mem::take(&mut lexer.pending);
            let nodes = read(lexer)?;
            let closed = lexer.take()? == Token::Op(Op::Close);
            if !closed || !lexer.pending.is_empty() {
                return Err(Broken);
            }
            lexer.pending = outer;
            Ok(nodes)
        })
    }

    fn list(&mut self) -> Result<Vec<Node>, Broken> {
        let mut nodes = Vec::new();
        self.list_into(&mut nodes)?;
        Ok(nodes)
    }

    /// Reads commands until something that cannot begin one.
    fn list_into(&mut self, nodes: &mut Vec<Node>) -> Result<(), Broken> {
        loop {
            self.newlines()?;
            match self.look()? {
                Token::End | Token::Op(Op::Close | Op::CaseEnd) => return Ok(()),
                Token::Word(word) if word.bare().is_some_and(|text| ENDS.contains(&text)) => return Ok(()),
                _ => {}
            }
            let node = self.and_or()?;
            if !self.finish_item(node, nodes)? {
                return Ok(());
            }
        }
    }

    /// Takes the separator after a command; says whether another may follow.
    fn finish_item(&mut self, node: Node, nodes: &mut Vec<Node>) -> Result<bool, Broken> {
        let (node, more) = match self.look()? {
            Token::Op(Op::Ampersand) => (Node::Background(Box::new(node)), true),
            Token::Op(Op::Semicolon) | Token::Newline => (node, true),
            _ => (node, false),
        };
        if more {
            self.take()?;
        }
        nodes.push(node);
        Ok(more)
    }

    pub(super) fn newlines(&mut self) -> Result<(), Broken> {
        while *self.look()? == Token::Newline {
            self.take()?;
        }
        Ok(())
    }

    fn and_or(&mut self) -> Result<Node, Broken> {
        let first = self.pipeline()?;
        self.rest_of_and_or(first)
    }

    fn rest_of_and_or(&mut self, mut node: Node) -> Result<Node, Broken> {
        loop {
            let and = match self.look()? {
                Token::Op(Op::And) => true,
                Token::Op(Op::Or) => false,
                _ => return Ok(node),
            };
            self.take()?;
            self.newlines()?;
            let (first, second) = (Box::new(node), Box::new(self.pipeline()?));
            node = if and { Node::And(first, second) } else { Node::Or(first, second) };
        }
    }

    fn pipeline(&mut self) -> Result<Node, Broken> {
        let bash = self.dialect == Dialect::Bash;
        match self.look_bare()? {
            Some("!") => {
                self.take()?;
                let node = self.deeper(Lexer::pipeline)?;
                Ok(Node::Not(Box::new(node)))
            }
            Some("time") if bash => {
                self.take()?;
                // Options of `time`, or a `time` that times nothing, are rarer than the differences between shells.
                let times_something = match self.look()? {
                    Token::Word(word) => !word.bare().is_some_and(|text| text.starts_with('-')),
                    token => *token == Token::Op(Op::Open),
                };
                if !times_something {
                    return Err(Broken);
                }
                Ok(Node::Timed(Box::new(self.deeper(Lexer::pipeline)?)))
            }
            // Elsewhere `time` is a program, or not: the shells differ.
            Some("time") => Err(Broken),
            _ => {
                let first = self.command()?;
                self.rest_of_pipeline(first)
            }
        }
    }

    fn rest_of_pipeline(&mut self, first: Node) -> Result<Node, Broken> {
        let mut members = vec![first];
        loop {
            let both = match self.look()? {
                Token::Op(Op::Pipe) => false,
                Token::Op(Op::PipeBoth) => true,
                _ => break,
            };
            self.take()?;
            self.newlines()?;
            if both && let Some(last) = members.pop() {
                members.push(Node::Redirected(Box::new(last), vec![error_to_output()]));
            }
            members.push(self.command()?);
        }
        match (members.pop(), members.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                members.push(last);
                Ok(Node::Pipe(members))
            }
            (None, _) => Err(Broken),
        }
    }

    fn look_bare(&mut self) -> Result<Option<&str>, Broken> {
        Ok(match self.look()? {
            Token::Word(word) => word.bare(),
            _ => None,
        })
    }

    pub(super) fn command(&mut self) -> Result<Node, Broken> {
        self.deeper(|lexer| {
            if lexer.take_op(Op::Open)? {
                let node = lexer.parenthesis()?;
                return lexer.with_redirects(node);
            }
            let keyword = lexer.look_bare()?.map(str::to_owned);
            let node = match keyword.as_deref() {
                Some("{") => lexer.group()?,
                Some("if") => lexer.conditional()?,
                Some("while" | "until") => lexer.while_loop()?,
                Some("for") => lexer.for_loop()?,
                Some("case") => lexer.case()?,
                Some("function" | "select" | "coproc" | "[[" | "]]" | "in" | "!" | "time") => {
                    return Err(Broken);
                }
                Some(word) if ENDS.contains(&word) => return Err(Broken),
                _ => return lexer.simple(),
            };
            lexer.with_redirects(node)
        })
    }

    fn parenthesis(&mut self) -> Result<Node, Broken> {
        if self.cursor.raw() == Some('(') {
            // `((` begins arithmetic, which assigns variables, unless it does not end like it.
            self.cursor.bump();
            if self.cursor.arithmetic().is_some() {
                return Ok(Node::Opaque(Vec::new()));
            }
            let nodes = self.deeper(|lexer| {
                let first = lexer.subshell()?;
                let first = lexer.with_redirects(first)?;
                let first = lexer.rest_of_pipeline(first)?;
                let first = lexer.rest_of_and_or(first)?;
                let mut nodes = Vec::new();
                lexer.finish_item(first, &mut nodes)?;
                lexer.list_into(&mut nodes)?;
                Ok(nodes)
            })?;
            self.expect_op(Op::Close)?;
            return Ok(Node::Subshell(nodes));
        }
        self.subshell()
    }

    /// What follows an opening parenthesis.
    fn subshell(&mut self) -> Result<Node, Broken> {
        let nodes = self.non_empty_list()?;
        self.expect_op(Op::Close)?;
        Ok(Node::Subshell(nodes))
    }

    fn group(&mut self) -> Result<Node, Broken> {
        self.take()?;
        let nodes = self.non_empty_list()?;
        self.expect_word("}")?;
        Ok(Node::Group(nodes))
    }

    fn conditional(&mut self) -> Result<Node, Broken> {
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        loop {
            // Over `if` or `elif`.
            self.take()?;
            let condition = self.non_empty_list()?;
            self.expect_word("then")?;
            branches.push((condition, self.non_empty_list()?));
            match self.look_bare()? {
                Some("elif") => {}
                Some("else") => {
                    self.take()?;
                    otherwise = self.non_empty_list()?;
                    break;
                }
                _ => break,
            }
        }
        self.expect_word("fi")?;
        Ok(Node::If { branches, otherwise })
    }

    fn while_loop(&mut self) -> Result<Node, Broken> {
        self.take()?;
        let condition = self.non_empty_list()?;
        let body = self.do_block()?;
        Ok(Node::Loop { variable: None, words: Vec::new(), condition, body })
    }

    fn for_loop(&mut self) -> Result<Node, Broken> {
        self.take()?;
        let Token::Word(name) = self.take()? else { return Err(Broken) };
        let variable = name.bare().filter(|name| is_name(name)).ok_or(Broken)?.to_owned();
        let mut words = Vec::new();
        self.newlines()?;
        if self.look_bare()? == Some("in") {
            self.take()?;
            while let Token::Word(_) = self.look()? {
                if let Token::Word(word) = self.take()? {
                    words.push(word);
                }
            }
            match self.take()? {
                Token::Op(Op::Semicolon) | Token::Newline => {}
                _ => return Err(Broken),
            }
        } else {
            // Over the arguments of the script, which nobody knows.
            words.push(RawWord::default());
            if *self.look()? == Token::Op(Op::Semicolon) {
                self.take()?;
            }
        }
        self.newlines()?;
        let body = self.do_block()?;
        Ok(Node::Loop { variable: Some(variable), words, condition: Vec::new(), body })
    }

    fn do_block(&mut self) -> Result<Vec<Node>, Broken> {
        self.expect_word("do")?;
        let body = self.non_empty_list()?;
        self.expect_word("done")?;
        Ok(body)
    }

    fn case(&mut self) -> Result<Node, Broken> {
        self.take()?;
        let Token::Word(subject) = self.take()? else { return Err(Broken) };
        let mut words = vec![subject];
        let mut arms = Vec::new();
        self.newlines()?;
        self.expect_word("in")?;
        loop {
            self.newlines()?;
            if self.look_bare()? == Some("esac") {
                self.take()?;
                return Ok(Node::Case { words, arms });
            }
            self.take_op(Op::Open)?;
            loop {
                let Token::Word(mut pattern) = self.take()? else { return Err(Broken) };
                // A pattern is matched, not expanded: its wildcards are no unknown.
                if pattern.inner.is_empty() && pattern.text.is_none() {
                    pattern.text = Some(String::new());
                }
                words.push(pattern);
                match self.take()? {
                    Token::Op(Op::Pipe) => {}
                    Token::Op(Op::Close) => break,
                    _ => return Err(Broken),
                }
            }
            arms.push(self.list()?);
            if !self.take_op(Op::CaseEnd)? && self.look_bare()? != Some("esac") {
                return Err(Broken);
            }
        }
    }

    fn non_empty_list(&mut self) -> Result<Vec<Node>, Broken> {
        let nodes = self.list()?;
        if nodes.is_empty() { Err(Broken) } else { Ok(nodes) }
    }

    pub(super) fn expect_op(&mut self, op: Op) -> Result<(), Broken> {
        if self.take_op(op)? { Ok(()) } else { Err(Broken) }
    }

    fn expect_word(&mut self, expected: &str) -> Result<(), Broken> {
        let found = self.look_bare()? == Some(expected);
        self.take()?;
        if found { Ok(()) } else { Err(Broken) }
    }

    fn with_redirects(&mut self, node: Node) -> Result<Node, Broken> {
        let mut redirects = Vec::new();
        while let Some(redirect) = self.redirect()? {
            redirects.push(redirect);
        }
        Ok(if redirects.is_empty() { node } else { Node::Redirected(Box::new(node), redirects) })
    }
}

/// The `2>&1` that `|&` stands for.
fn error_to_output() -> RawRedirect {
    let target = RawWord { text: Some("1".to_owned()), ..RawWord::default() };
    RawRedirect { descriptor: Some(2), op: RedirectOp::DuplicateOut, target, document: None }
}

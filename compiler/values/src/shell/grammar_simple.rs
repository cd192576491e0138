//! Simple commands and redirections.

use super::syntax::{Broken, HereDocument, Node, RawRedirect, Simple};
use super::token::{Lexer, Op, Pending, RedirectOp, Token};

impl Lexer {
    /// Assignments, words and redirections in any order, up to an operator.
    pub(super) fn simple(&mut self) -> Result<Node, Broken> {
        let mut simple = Simple::default();
        loop {
            if let Some(redirect) = self.redirect()? {
                simple.redirects.push(redirect);
                continue;
            }
            let Token::Word(_) = self.look()? else { break };
            let Token::Word(mut word) = self.take()? else { break };
            match word.assignment.take() {
                Some(assignment) if simple.words.is_empty() => {
                    simple.assignments.push(assignment);
                    simple.inner.append(&mut word.inner);
                    // `a=(1 2)` is an array.
                    if self.cursor.raw() == Some('(') {
                        return Err(Broken);
                    }
                }
                assignment => {
                    word.assignment = assignment;
                    simple.words.push(word);
                }
            }
        }
        if *self.look()? == Token::Op(Op::Open) {
            return self.function(&simple);
        }
        if simple.words.is_empty() && simple.assignments.is_empty() && simple.redirects.is_empty() {
            return Err(Broken);
        }
        Ok(Node::Simple(simple))
    }

    /// `name() command`: from here on the name means something else, so nothing is certain any more.
    fn function(&mut self, simple: &Simple) -> Result<Node, Broken> {
        if simple.words.len() != 1 || !simple.assignments.is_empty() || !simple.redirects.is_empty() {
            return Err(Broken);
        }
        self.expect_op(Op::Open)?;
        self.expect_op(Op::Close)?;
        self.newlines()?;
        let body = self.command()?;
        Ok(Node::Opaque(vec![body]))
    }

    /// A redirection, if one comes next.
    pub(super) fn redirect(&mut self) -> Result<Option<RawRedirect>, Broken> {
        let (descriptor, op) = match self.look()? {
            Token::Descriptor(number) => {
                let number = *number;
                self.take()?;
                match self.take()? {
                    Token::Op(Op::Redirect(op)) => (Some(number), op),
                    _ => return Err(Broken),
                }
            }
            Token::Op(Op::Redirect(op)) => {
                let op = *op;
                self.take()?;
                (None, op)
            }
            _ => return Ok(None),
        };
        let Token::Word(target) = self.take()? else { return Err(Broken) };
        let mut document = None;
        if let RedirectOp::HereDocument { strip_tabs } = op {
            // A delimiter is not expanded, so one that looks as if it was is beyond us.
            let delimiter = target.text.clone().ok_or(Broken)?;
            let place = self.documents.len();
            self.documents.push(HereDocument::default());
            self.pending.push(Pending { place, delimiter, literal: target.quoted, strip_tabs });
            document = Some(place);
        }
        Ok(Some(RawRedirect { descriptor, op, target, document }))
    }
}

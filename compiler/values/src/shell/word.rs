//! Words: quoting is undone, and whatever the shell would expand makes a word unknown.

use super::syntax::{Broken, HereDocument, Node, RawWord, Script};
use super::token::{Dialect, Lexer};

/// A word while it is being read.
#[derive(Default)]
pub(super) struct Builder {
    text: String,
    unknown: bool,
    many: bool,
    flag: bool,
    quoted: bool,
    tilde: bool,
    /// Where the value begins, if the word has the form of an assignment.
    assignment: Option<Assigns>,
    inner: Vec<Node>,
    braces: Braces,
    bracket_open: bool,
}

#[derive(Clone, Copy)]
struct Assigns {
    name_end: usize,
    value_start: usize,
}

/// How much of a brace expansion was seen: `{`, then a `,` or `..`, then `}`.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Braces {
    #[default]
    None,
    Open,
    Separated,
}

impl Builder {
    fn push_quoted(&mut self, c: char) {
        self.quoted = true;
        self.text.push(c);
    }

    fn finish(self) -> RawWord {
        let value = |text: &str| (!self.unknown).then(|| text.to_owned());
        let assignment = self.assignment.map(|assigns| {
            let name = self.text.get(..assigns.name_end).unwrap_or_default().to_owned();
            let appends = assigns.value_start > assigns.name_end + 1;
            let new = self.text.get(assigns.value_start..).unwrap_or_default();
            (name, if appends { None } else { value(new) })
        });
        RawWord {
            text: value(&self.text),
            many: self.many,
            flag: self.flag,
            quoted: self.quoted,
            tilde: self.tilde,
            assignment,
            inner: self.inner,
        }
    }
}

impl Lexer {
    /// Reads one word; the cursor stands at its first character, which is no blank and no operator.
    pub(super) fn word(&mut self) -> Result<RawWord, Broken> {
        let mut word = Builder::default();
        let mut first = true;
        while let Some(c) = self.cursor.peek() {
            match c {
                '<' | '>' if self.cursor.second() == Some('(') => self.process_substitution(&mut word)?,
                ' ' | '\t' | '\n' | '|' | '&' | ';' | '(' | ')' | '<' | '>' => break,
                '\\' => {
                    self.cursor.bump();
                    word.push_quoted(self.cursor.bump().ok_or(Broken)?);
                }
                '\'' => self.single_quotes(&mut word)?,
                '"' => self.double_quotes(&mut word)?,
                '$' => self.dollar(&mut word, false)?,
                '`' => self.backticks(&mut word, false)?,
                _ => {
                    self.bare(&mut word, c, first);
                    self.cursor.bump();
                }
            }
            first = false;
        }
        Ok(word.finish())
    }

    /// A character outside of quotes that may mean more than itself.
    fn bare(&mut self, word: &mut Builder, c: char, first: bool) {
        let next = self.cursor.second();
        match c {
            '*' | '?' => {
                word.unknown = true;
                word.flag |= first;
            }
            '[' => word.bracket_open = true,
            ']' if word.bracket_open => word.unknown = true,
            '{' if word.braces == Braces::None => word.braces = Braces::Open,
            ',' if word.braces == Braces::Open => word.braces = Braces::Separated,
            '.' if word.braces == Braces::Open && next == Some('.') => word.braces = Braces::Separated,
            '}' if word.braces == Braces::Separated => (word.unknown, word.many) = (true, true),
            '!' if is_history(next) => word.unknown = true,
            '~' if first => {
                word.tilde = true;
                // `~anna`, `~+` and `~"x"` are not the home folder of whoever runs this.
                word.unknown |= !matches!(next, None | Some('/')) && !next.is_some_and(is_end);
            }
            '~' if word.assignment.is_some() && word.text.ends_with(['=', ':']) => word.unknown = true,
            '=' if word.assignment.is_none() && !word.quoted && !word.unknown => {
                let name = word.text.strip_suffix('+').unwrap_or(&word.text);
                // In a smaller shell `a+=b` is the name of a program.
                word.unknown |= self.dialect == Dialect::Posix && name.len() < word.text.len();
                if is_name(name) && !word.unknown {
                    let (name_end, value_start) = (name.len(), word.text.len() + 1);
                    word.assignment = Some(Assigns { name_end, value_start });
                }
            }
            _ => {}
        }
        word.text.push(c);
    }

    fn single_quotes(&mut self, word: &mut Builder) -> Result<(), Broken> {
        self.cursor.bump();
        word.quoted = true;
        loop {
            match self.cursor.bump().ok_or(Broken)? {
                '\'' => return Ok(()),
                c => word.text.push(c),
            }
        }
    }

    fn double_quotes(&mut self, word: &mut Builder) -> Result<(), Broken> {
        self.cursor.bump();
        word.quoted = true;
        loop {
            match self.cursor.peek().ok_or(Broken)? {
                '"' => {
                    self.cursor.bump();
                    return Ok(());
                }
                _ => self.inside_double_quotes(word)?,
            }
        }
    }

    /// One step in text where `$`, backticks and some backslashes keep their meaning: double quotes, here-documents.
    fn inside_double_quotes(&mut self, word: &mut Builder) -> Result<(), Broken> {
        match self.cursor.peek().ok_or(Broken)? {
            '$' => self.dollar(word, true),
            '`' => self.backticks(word, true),
            '\\' => {
                self.cursor.bump();
                let escaped = self.cursor.bump().ok_or(Broken)?;
                if !matches!(escaped, '$' | '`' | '"' | '\\') {
                    word.text.push('\\');
                }
                word.text.push(escaped);
                Ok(())
            }
            c => {
                let next = self.cursor.second();
                if c == '!' && next != Some('"') && is_history(next) {
                    word.unknown = true;
                }
                self.cursor.bump();
                word.text.push(c);
                Ok(())
            }
        }
    }

    fn dollar(&mut self, word: &mut Builder, in_quotes: bool) -> Result<(), Broken> {
        self.cursor.bump();
        // In quotes, all parameters and all elements of an array still become words of their own.
        word.many |= match self.cursor.peek() {
            Some('{' | '@') => true,
            Some('\'' | '"') => false,
            _ => !in_quotes,
        };
        match self.cursor.peek() {
            Some('\'') if !in_quotes => {
                // Only some shells know this form.
                word.unknown |= self.dialect == Dialect::Posix;
                self.ansi_quotes(word)
            }
            Some('"') if !in_quotes => {
                word.unknown |= self.dialect == Dialect::Posix;
                self.double_quotes(word)
            }
            Some('(') => {
                word.unknown = true;
                self.cursor.bump();
                if self.cursor.peek() == Some('(') {
                    self.cursor.bump();
                    if let Some(inside) = self.cursor.arithmetic() {
                        word.inner.push(self.nested(&inside)?.expansions()?);
                        return Ok(());
                    }
                    // The command list begins with a parenthesis of its own.
                    let list = self.command_list_after_paren()?;
                    word.inner.push(Node::Subshell(list));
                    return Ok(());
                }
                word.inner.push(Node::Subshell(self.command_list()?));
                Ok(())
            }
            Some('{') => {
                word.unknown = true;
                self.parameter(word, in_quotes)
            }
            Some('[') => {
                word.unknown = true;
                // The old form of arithmetic; what may be hidden in it is not worth a guess.
                Err(Broken)
            }
            Some(c) if c == '_' || c.is_ascii_alphabetic() => {
                word.unknown = true;
                while self.cursor.peek().is_some_and(|c| c == '_' || c.is_ascii_alphanumeric()) {
                    self.cursor.bump();
                }
                Ok(())
            }
            Some(c) if c.is_ascii_digit() || "@*#?-$!".contains(c) => {
                word.unknown = true;
                self.cursor.bump();
                Ok(())
            }
            _ => {
                word.text.push('$');
                Ok(())
            }
        }
    }

    /// `${…}`: its value is unknown; the commands inside it are collected.
    fn parameter(&mut self, word: &mut Builder, in_quotes: bool) -> Result<(), Broken> {
        self.cursor.bump();
        let mut scrap = Builder::default();
        // `${!x}` and `${x@P}` read the value of a variable as code.
        if self.cursor.peek() == Some('!') {
            scrap.inner.push(Node::Opaque(Vec::new()));
        }
        while self.cursor.peek().is_some_and(|c| c == '_' || c.is_ascii_alphanumeric()) {
            self.cursor.bump();
        }
        // `${x[y]}` and `${x:y}` compute: see [`Self::expansions`]. All elements, and what stands in for nothing, compute nothing.
        let is_offset = |next: Option<char>| !matches!(next, Some('-' | '=' | '?' | '+'));
        let mut computing = match self.cursor.peek() {
            Some('[') => !matches!(self.cursor.second(), Some('@' | '*')),
            Some(':') => is_offset(self.cursor.second()),
            _ => false,
        };
        let mut numbers = Numbers::default();
        let mut before = ' ';
        loop {
            let next = self.cursor.peek().ok_or(Broken)?;
            if computing && numbers.computes(next) {
                scrap.inner.push(Node::Opaque(Vec::new()));
                computing = false;
            }
            computing |= before == ']' && next == ':' && is_offset(self.cursor.second());
            before = next;
            match next {
                '@' if self.cursor.second() == Some('P') => {
                    scrap.inner.push(Node::Opaque(Vec::new()));
                    self.cursor.bump();
                }
                '}' => {
                    self.cursor.bump();
                    word.inner.append(&mut scrap.inner);
                    return Ok(());
                }
                '\\' => {
                    self.cursor.bump();
                    self.cursor.bump();
                }
                '\'' if !in_quotes => self.single_quotes(&mut scrap)?,
                '"' => self.double_quotes(&mut scrap)?,
                '$' => self.deeper(|lexer| lexer.dollar(&mut scrap, in_quotes))?,
                '`' => self.backticks(&mut scrap, in_quotes)?,
                _ => {
                    self.cursor.bump();
                }
            }
        }
    }

    fn backticks(&mut self, word: &mut Builder, in_quotes: bool) -> Result<(), Broken> {
        self.cursor.bump();
        word.unknown = true;
        word.many |= !in_quotes;
        let mut text = String::new();
        loop {
            match self.cursor.bump().ok_or(Broken)? {
                '`' => break,
                '\\' => {
                    let escaped = self.cursor.bump().ok_or(Broken)?;
                    if !(matches!(escaped, '`' | '\\' | '$') || (in_quotes && escaped == '"')) {
                        text.push('\\');
                    }
                    text.push(escaped);
                }
                c => text.push(c),
            }
        }
        let (script, whole) = self.nested(&text)?.script();
        word.inner.push(Node::Inner(script));
        if whole { Ok(()) } else { Err(Broken) }
    }

    fn process_substitution(&mut self, word: &mut Builder) -> Result<(), Broken> {
        if self.dialect == Dialect::Posix {
            return Err(Broken);
        }
        self.cursor.bump();
        self.cursor.eat('(');
        word.unknown = true;
        word.inner.push(Node::Subshell(self.command_list()?));
        Ok(())
    }

    /// `$'…'` with its escapes. What is not text, or ends in the middle, is unknown.
    fn ansi_quotes(&mut self, word: &mut Builder) -> Result<(), Broken> {
        self.cursor.bump();
        word.quoted = true;
        let mut bytes: Vec<u8> = Vec::new();
        loop {
            let c = self.cursor.bump().ok_or(Broken)?;
            match c {
                '\'' => break,
                '\\' => match self.ansi_escape()? {
                    Some(escaped) => bytes.extend(escaped),
                    None => word.unknown = true,
                },
                c => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => word.text.push_str(&text),
            _ => word.unknown = true,
        }
        Ok(())
    }

    /// What follows a backslash in `$'…'`; nothing for what is left to the locale.
    fn ansi_escape(&mut self) -> Result<Option<Vec<u8>>, Broken> {
        let c = self.cursor.bump().ok_or(Broken)?;
        let byte = match c {
            'a' => 7,
            'b' => 8,
            'e' | 'E' => 27,
            'f' => 12,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 11,
            '\\' | '\'' | '"' | '?' => return Ok(Some(vec![u8::try_from(c).map_err(|_| Broken)?])),
            '0'..='7' => {
                let value = self.digits(c.to_digit(8), 8, 2);
                return Ok(Some(vec![u8::try_from(value & 0xff).map_err(|_| Broken)?]));
            }
            'x' if self.cursor.raw().is_some_and(|c| c.is_ascii_hexdigit()) => {
                let value = self.digits(Some(0), 16, 2);
                return Ok(Some(vec![u8::try_from(value).map_err(|_| Broken)?]));
            }
            'u' | 'U' if self.cursor.raw().is_some_and(|c| c.is_ascii_hexdigit()) => {
                let value = self.digits(Some(0), 16, if c == 'u' { 4 } else { 8 });
                let decoded = char::from_u32(value);
                return Ok(decoded.map(|c| c.encode_utf8(&mut [0; 4]).bytes().collect()));
            }
            'c' | 'x' | 'u' | 'U' => return Ok(None),
            other => {
                let mut kept = vec![b'\\'];
                kept.extend(other.encode_utf8(&mut [0; 4]).bytes());
                return Ok(Some(kept));
            }
        };
        Ok(Some(vec![byte]))
    }

    fn digits(&mut self, first: Option<u32>, radix: u32, most: usize) -> u32 {
        let mut value = first.unwrap_or(0);
        for _ in 0..most {
            let Some(digit) = self.cursor.raw().and_then(|c| c.to_digit(radix)) else { break };
            value = value.saturating_mul(radix).saturating_add(digit);
            self.cursor.bump();
        }
        value
    }

    /// The body of a here-document whose delimiter is bare: its text, or nothing if it is expanded.
    pub(super) fn here_text(mut self) -> Result<HereDocument, Broken> {
        let mut word = Builder::default();
        while let Some(c) = self.cursor.peek() {
            // A quote is a character like any other here, and so is a backslash before one.
            if c == '\\' && self.cursor.second() == Some('"') {
                self.cursor.bump();
                word.text.push('\\');
                continue;
            }
            self.inside_double_quotes(&mut word)?;
        }
        let word = word.finish();
        let inner = Node::Inner(Script { nodes: word.inner, documents: self.documents });
        Ok(HereDocument { text: word.text, inner: vec![inner] })
    }

    /// The commands hidden in arithmetic. What a variable or an expansion in it comes to is computed in its turn, and may hide
    /// more: with `x='a[$(rm y)]'`, `$((x))` runs `rm`.
    fn expansions(mut self) -> Result<Node, Broken> {
        let mut scrap = Builder::default();
        let mut computes = false;
        let mut numbers = Numbers::default();
        while let Some(c) = self.cursor.peek() {
            computes |= numbers.computes(c);
            match c {
                '$' => self.dollar(&mut scrap, true)?,
                '`' => self.backticks(&mut scrap, true)?,
                _ => {
                    self.cursor.bump();
                }
            }
        }
        if computes {
            scrap.inner.push(Node::Opaque(Vec::new()));
        }
        Ok(Node::Inner(Script { nodes: scrap.inner, documents: self.documents }))
    }
}

/// Tells names from numbers in arithmetic: `0x1f` and `16#ff` are numbers.
#[derive(Default)]
struct Numbers {
    inside: bool,
}

impl Numbers {
    /// Whether something other than a number begins here, which is computed in its turn.
    fn computes(&mut self, next: char) -> bool {
        let computes = matches!(next, '$' | '`' | '_') || next.is_ascii_alphabetic();
        let was_inside = self.inside;
        self.inside = next.is_ascii_digit() || was_inside && (next.is_ascii_alphanumeric() || next == '#');
        computes && !(was_inside && self.inside)
    }
}

/// Whether a `!` before this character may recall an earlier command.
fn is_history(next: Option<char>) -> bool {
    next.is_some_and(|c| c != '=' && !is_end(c))
}

fn is_end(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '|' | '&' | ';' | '(' | ')' | '<' | '>')
}

/// Whether text names a variable.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && text.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric())
}

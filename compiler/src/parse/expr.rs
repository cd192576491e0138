//! Expressions: pest gives operands and operators in a row, precedence is applied here.
//!
//! Loosest first: `or`, `and`, `not`, relations (which do not chain), `??`, `+ -`, `* /`, unary `-`, member access.

use agentpass_grammar::{Rule, Span};
use pest::iterators::Pair;

use super::build::{Builder, Cursor, children};
use crate::ast::{self, BinaryOp, Expr, ExprKind, Literal};
use crate::diagnostics::problems::{habits, syntax as problem};

/// How many operators other than `and` and `or` one expression may hold with all that stands in it, members included.
/// Generous for people, and small enough that no walk over a tree runs out of stack.
const MAX_OPERATORS: usize = 200;

/// How tightly an operator binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Not,
    Relation,
    Coalesce,
    Sum,
    Product,
}

#[derive(Clone, Copy)]
enum Infix {
    And,
    Or,
    Matches,
    Is,
    Binary(BinaryOp),
}

impl Infix {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "and" => Self::And,
            "or" => Self::Or,
            "matches" => Self::Matches,
            "is" => Self::Is,
            "==" => Self::Binary(BinaryOp::Equal),
            "!=" => Self::Binary(BinaryOp::NotEqual),
            "<" => Self::Binary(BinaryOp::Less),
            "<=" => Self::Binary(BinaryOp::LessEqual),
            ">" => Self::Binary(BinaryOp::Greater),
            ">=" => Self::Binary(BinaryOp::GreaterEqual),
            "in" => Self::Binary(BinaryOp::In),
            "??" => Self::Binary(BinaryOp::Coalesce),
            "+" => Self::Binary(BinaryOp::Add),
            "-" => Self::Binary(BinaryOp::Subtract),
            "*" => Self::Binary(BinaryOp::Multiply),
            "/" => Self::Binary(BinaryOp::Join),
            _ => return None,
        })
    }

    fn level(self) -> Level {
        match self {
            Self::Or => Level::Or,
            Self::And => Level::And,
            Self::Matches | Self::Is => Level::Relation,
            Self::Binary(op) if op.is_relation() => Level::Relation,
            Self::Binary(BinaryOp::Coalesce) => Level::Coalesce,
            Self::Binary(BinaryOp::Multiply | BinaryOp::Join) => Level::Product,
            Self::Binary(_) => Level::Sum,
        }
    }
}

enum Piece {
    Not(Span),
    Minus(Span),
    Operand(Expr),
    Infix(Infix, Span),
}

/// The pieces of one expression and how far they have been read.
struct Pieces {
    all: std::iter::Peekable<std::vec::IntoIter<Piece>>,
    chained: Option<Span>,
}

impl Builder<'_> {
    pub(super) fn expr(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        if self.nesting == 0 {
            self.operators = 0;
        }
        self.nesting += 1;
        let expr = self.nested_expr(pair);
        self.nesting -= 1;
        expr
    }

    fn nested_expr(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let whole = self.span(&pair);
        let mut all = Vec::new();
        for piece in pair.into_inner() {
            let span = self.span(&piece);
            match piece.as_rule() {
                Rule::prefix if piece.as_str() == "-" => all.push(Piece::Minus(span)),
                Rule::prefix => all.push(Piece::Not(span)),
                Rule::member => {
                    let name = self.name(&piece.into_inner().next()?);
                    let Some(Piece::Operand(object)) = all.pop() else { return None };
                    let span = object.span.to(name.span);
                    all.push(Piece::Operand(Expr { span, kind: ExprKind::Member(Box::new(object), name) }));
                    self.operators += 1;
                }
                Rule::infix => {
                    let infix = Infix::read(piece.as_str().trim_end())?;
                    self.operators += usize::from(!matches!(infix, Infix::And | Infix::Or));
                    all.push(Piece::Infix(infix, span));
                }
                _ => all.push(Piece::Operand(self.primary(piece)?)),
            }
        }
        if self.operators > MAX_OPERATORS {
            self.problems.push(problem::too_long_expression(whole, MAX_OPERATORS));
            return None;
        }
        let mut pieces = Pieces { all: all.into_iter().peekable(), chained: None };
        let expr = self.climb(&mut pieces, Level::Or)?;
        if let Some(span) = pieces.chained {
            self.problems.push(problem::chained_comparison(span));
            return None;
        }
        Some(expr)
    }

    fn climb(&mut self, pieces: &mut Pieces, least: Level) -> Option<Expr> {
        let mut left = self.unary(pieces)?;
        let mut compared = false;
        while let Some(Piece::Infix(infix, _)) = pieces.all.peek() {
            let infix = *infix;
            let level = infix.level();
            if level < least {
                break;
            }
            let Some(Piece::Infix(_, at)) = pieces.all.next() else { return None };
            if level == Level::Relation {
                if compared {
                    // What is compared again is left out: its type would be a consequence of the mistake.
                    pieces.chained.get_or_insert(at);
                    self.climb(pieces, Level::Coalesce)?;
                    continue;
                }
                compared = true;
            } else if level < Level::Relation {
                compared = false;
            }
            let next = match level {
                Level::Or => Level::And,
                Level::And => Level::Not,
                Level::Not | Level::Relation => Level::Coalesce,
                Level::Coalesce => Level::Sum,
                Level::Sum => Level::Product,
                // Unary operators and members bind tighter than any infix.
                Level::Product => {
                    let right = self.unary(pieces)?;
                    left = self.join(left, infix, at, right)?;
                    continue;
                }
            };
            let right = self.climb(pieces, next)?;
            left = self.join(left, infix, at, right)?;
        }
        Some(left)
    }

    fn unary(&mut self, pieces: &mut Pieces) -> Option<Expr> {
        match pieces.all.next()? {
            Piece::Operand(expr) => Some(expr),
            Piece::Not(span) => {
                let inner = self.climb(pieces, Level::Relation)?;
                Some(Expr { span: span.to(inner.span), kind: ExprKind::Not(Box::new(inner)) })
            }
            Piece::Minus(span) => {
                let inner = self.unary(pieces)?;
                Some(Expr { span: span.to(inner.span), kind: ExprKind::Negate(Box::new(inner)) })
            }
            Piece::Infix(..) => None,
        }
    }

    fn join(&mut self, left: Expr, infix: Infix, at: Span, right: Expr) -> Option<Expr> {
        let span = left.span.to(right.span);
        let kind = match infix {
            Infix::And => match left.kind {
                ExprKind::And(mut all) => {
                    all.push(right);
                    ExprKind::And(all)
                }
                _ => ExprKind::And(vec![left, right]),
            },
            Infix::Or => match left.kind {
                ExprKind::Or(mut all) => {
                    all.push(right);
                    ExprKind::Or(all)
                }
                _ => ExprKind::Or(vec![left, right]),
            },
            Infix::Binary(op) => ExprKind::Binary(Box::new(left), op, at, Box::new(right)),
            Infix::Matches => match right.kind {
                ExprKind::Literal(Literal::Regex(text)) => {
                    ExprKind::Matches(Box::new(left), ast::Spanned::new(text, right.span))
                }
                _ => {
                    self.problems.push(problem::expected_pattern(right.span));
                    return None;
                }
            },
            Infix::Is => match right.kind {
                ExprKind::Name(word) => ExprKind::Is(Box::new(left), ast::Spanned::new(word, right.span)),
                _ => {
                    self.problems.push(match right.kind {
                        ExprKind::Literal(Literal::Null) => habits::is_null(left.span.to(right.span), false),
                        ExprKind::Not(_) => habits::is_null(left.span.to(right.span), true),
                        _ => problem::expected_quality(right.span),
                    });
                    return None;
                }
            },
        };
        Some(Expr { span, kind })
    }

    pub(super) fn primary(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let written = || pair.as_str().to_owned();
        let literal = |literal| Some(ExprKind::Literal(literal));
        let kind = match pair.as_rule() {
            Rule::integer => literal(Literal::Int(written())),
            Rule::decimal => literal(Literal::Decimal(written())),
            Rule::money => literal(Literal::Money(written())),
            Rule::duration => literal(Literal::Duration(written())),
            Rule::date => literal(Literal::Date(written())),
            Rule::timestamp => literal(Literal::Timestamp(written())),
            Rule::string => literal(Literal::Text(self.text(&pair).node)),
            Rule::command => literal(Literal::Command(self.between(&pair).node)),
            Rule::regex => literal(Literal::Regex(self.between(&pair).node)),
            Rule::boolean => literal(Literal::Bool(pair.as_str() == "true")),
            Rule::null => literal(Literal::Null),
            Rule::name => Some(ExprKind::Name(written())),
            _ => self.compound(pair),
        };
        Some(Expr { span, kind: kind? })
    }

    fn compound(&mut self, pair: Pair<'_, Rule>) -> Option<ExprKind> {
        let rule = pair.as_rule();
        let mut cursor = children(pair);
        Some(match rule {
            Rule::paren => ExprKind::Paren(Box::new(self.expr(cursor.next()?)?)),
            Rule::list => ExprKind::List(cursor.rest().map(|item| self.expr(item)).collect::<Option<_>>()?),
            Rule::call => {
                let name = self.take_path(&mut cursor)?;
                ExprKind::Call(name, cursor.rest().map(|item| self.expr(item)).collect::<Option<_>>()?)
            }
            Rule::has => ExprKind::Has(self.take_path(&mut cursor)?),
            Rule::each | Rule::some => {
                let quantifier =
                    if rule == Rule::each { ast::Quantifier::Each } else { ast::Quantifier::Some };
                let variable = self.take_name(&mut cursor)?;
                let list = self.expr(cursor.next()?)?;
                let body = self.expr(cursor.next()?)?;
                ExprKind::Quantified(quantifier, variable, Box::new(list), Box::new(body))
            }
            Rule::after => {
                let past = self.past(cursor.next()?)?;
                let within = cursor.take(Rule::within).map(|pair| self.within(pair));
                ExprKind::After(Box::new(past), within, self.no_since(cursor)?)
            }
            Rule::latest => {
                let which = if cursor.word(Rule::kw_first) { ast::Which::First } else { ast::Which::Latest };
                let past = self.past(cursor.next()?)?;
                let within = cursor.take(Rule::within).map(|pair| self.within(pair));
                ExprKind::Record(which, Box::new(past), within)
            }
            Rule::calls_of => {
                let past = self.past(cursor.next()?)?;
                let within = cursor.take(Rule::within).map(|pair| self.within(pair))?;
                ExprKind::CallsOf(Box::new(past), within, self.no_since(cursor)?)
            }
            Rule::sum_of => {
                let path = self.take_path(&mut cursor)?;
                let past = self.past(cursor.next()?)?;
                let within = cursor.take(Rule::within).map(|pair| self.within(pair))?;
                ExprKind::SumOf(path, Box::new(past), within, self.no_since(cursor)?)
            }
            Rule::distinct_of => {
                let path = self.take_path(&mut cursor)?;
                let past = self.past(cursor.next()?)?;
                let within = cursor.take(Rule::within).map(|pair| self.within(pair))?;
                ExprKind::Distinct(path, Box::new(past), within)
            }
            Rule::in_flight_of => ExprKind::InFlightOf(Box::new(self.past(cursor.next()?)?)),
            Rule::carries => {
                let label = self.label_ref(cursor.next()?)?;
                ExprKind::Carries(label, self.take_path(&mut cursor))
            }
            _ => return None,
        })
    }

    /// `with no PAST since`, as often as it stands there.
    fn no_since(&mut self, cursor: Cursor<'_>) -> Option<Vec<ast::Past>> {
        cursor.rest().map(|pair| children(pair).next().and_then(|past| self.past(past))).collect()
    }

    pub(super) fn past(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Past> {
        let span = self.span(&pair);
        let mut cursor = children(pair);
        let phase = cursor.take(Rule::phase).map(|pair| {
            let phase = match pair.as_str().trim_end() {
                "attempted" => ast::Phase::Attempted,
                "started" => ast::Phase::Started,
                "failed" => ast::Phase::Failed,
                _ => ast::Phase::Completed,
            };
            (phase, self.span(&pair))
        });
        let of = self.tool_ref(cursor.take(Rule::tool_ref)?)?;
        let filters = match cursor.take(Rule::past_args) {
            Some(pair) => children(pair).rest().map(|arg| self.past_filter(arg)).collect::<Option<_>>()?,
            None => Vec::new(),
        };
        let scope = cursor.take(Rule::scope).and_then(|pair| self.take_name(&mut children(pair)));
        Some(ast::Past { span, phase, of, filters, scope })
    }

    fn past_filter(&mut self, pair: Pair<'_, Rule>) -> Option<ast::PastFilter> {
        let span = self.span(&pair);
        let mut cursor = children(pair);
        let mut words = vec![self.name(&cursor.take(Rule::word)?)];
        while let Some(member) = cursor.take(Rule::member) {
            words.push(self.name(&member.into_inner().next()?));
        }
        let path_span = words.first()?.span.to(words.last()?.span);
        let op = cursor.take(Rule::past_op).and_then(|pair| match Infix::read(pair.as_str().trim_end())? {
            Infix::Binary(op) => Some((op, self.span(&pair))),
            _ => None,
        });
        let value = self.expr(cursor.next()?)?;
        Some(ast::PastFilter { span, path: ast::Path { words, span: path_span }, op, value })
    }

    pub(super) fn within(&self, pair: Pair<'_, Rule>) -> ast::Within {
        let span = self.span(&pair);
        ast::Within { span, duration: self.take_raw(&mut children(pair), Rule::duration) }
    }

    pub(super) fn tool_ref(&mut self, pair: Pair<'_, Rule>) -> Option<ast::ToolRef> {
        let mut cursor = children(pair);
        match self.take_text(&mut cursor) {
            Some(text) => Some(ast::ToolRef::Wire(text)),
            None => self.take_path(&mut cursor).map(ast::ToolRef::Path),
        }
    }

    pub(super) fn label_ref(&mut self, pair: Pair<'_, Rule>) -> Option<ast::LabelRef> {
        let mut cursor = children(pair);
        match self.take_text(&mut cursor) {
            Some(text) => Some(ast::LabelRef::Text(text)),
            None => self.take_path(&mut cursor).map(ast::LabelRef::Path),
        }
    }
}

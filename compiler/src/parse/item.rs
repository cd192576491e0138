//! Items.

use agentpass_grammar::Rule;
use pest::iterators::Pair;

use super::build::{Builder, Cursor, children};
use crate::ast::{self, ItemKind};

impl Builder<'_> {
    /// An `item` pair.
    pub(super) fn item(&mut self, pair: Pair<'_, Rule>) -> Option<ItemKind> {
        let inner = pair.into_inner().next()?;
        let rule = inner.as_rule();
        match rule {
            Rule::clause => return Some(ItemKind::Rule(self.clause(inner)?)),
            Rule::let_item => return Some(ItemKind::Let(self.let_item(inner)?)),
            Rule::test => return Some(ItemKind::Test(self.test(inner)?)),
            _ => {}
        }
        let mut cursor = children(inner);
        if let Some(kind) = self.block_item(rule, &mut cursor) {
            return Some(kind);
        }
        self.plain_item(rule, &mut cursor)
    }

    /// Items of a head and a block.
    fn block_item(&mut self, rule: Rule, cursor: &mut Cursor<'_>) -> Option<ItemKind> {
        match rule {
            Rule::contract => {
                let ItemKind::Contract(mut contract) = self.head(cursor.take(Rule::contract_head)?)? else {
                    return None;
                };
                while let Some(pair) = cursor.take(Rule::contract_clause) {
                    contract.clauses.push(self.contract_clause(pair)?);
                }
                Some(ItemKind::Contract(contract))
            }
            Rule::challenge_decl => {
                let ItemKind::Challenge(mut challenge) =
                    self.head(cursor.take(Rule::challenge_decl_head)?)?
                else {
                    return None;
                };
                while let Some(pair) = cursor.take(Rule::challenge_clause) {
                    challenge.clauses.push(self.challenge_clause(pair)?);
                }
                Some(ItemKind::Challenge(challenge))
            }
            Rule::tool | Rule::tools_otherwise | Rule::tools | Rule::on | Rule::flow | Rule::skill => {
                let mut kind = self.head(cursor.next()?)?;
                let body = match cursor.take(Rule::block) {
                    Some(pair) => Some(self.block(pair)?),
                    None => None,
                };
                match &mut kind {
                    ItemKind::Tool(tool) => tool.body = body,
                    ItemKind::Tools(tools) => tools.body = body,
                    ItemKind::On(on) => on.body = body?,
                    ItemKind::Flow(flow) => flow.body = body?,
                    ItemKind::Skill(skill) => skill.body = body?,
                    _ => return None,
                }
                Some(kind)
            }
            _ => None,
        }
    }

    /// The head of an item: everything but its block, which is left empty.
    pub(super) fn head(&mut self, pair: Pair<'_, Rule>) -> Option<ItemKind> {
        let rule = pair.as_rule();
        let mut cursor = children(pair);
        let cursor = &mut cursor;
        Some(match rule {
            Rule::contract_head => {
                ItemKind::Contract(ast::Contract { name: self.take_name(cursor)?, clauses: Vec::new() })
            }
            Rule::challenge_decl_head => {
                ItemKind::Challenge(ast::Challenge { name: self.take_name(cursor)?, clauses: Vec::new() })
            }
            Rule::skill_head => {
                ItemKind::Skill(ast::Skill { name: self.take_name(cursor)?, body: Vec::new() })
            }
            Rule::test_head => ItemKind::Test(ast::Test { name: self.take_text(cursor)?, steps: Vec::new() }),
            Rule::tool_head => {
                let mut naming = children(cursor.take(Rule::tool_name)?);
                let wire = self.take_text(&mut naming);
                let name = self.take_path(&mut naming);
                let signature = self.signature(cursor.take(Rule::signature)?)?;
                ItemKind::Tool(ast::Tool { wire, name, signature, body: None })
            }
            Rule::tools_otherwise_head => {
                let signature = Some(self.signature(cursor.take(Rule::signature)?)?);
                ItemKind::Tools(ast::Tools {
                    pattern: None,
                    signature,
                    manifest: None,
                    alias: None,
                    body: None,
                })
            }
            Rule::tools_head => {
                let pattern = Some(self.pattern(cursor.take(Rule::pattern)?)?);
                let signature = self.optional_signature(cursor)?;
                let manifest = self.take_text(cursor);
                let alias = self.take_path(cursor);
                ItemKind::Tools(ast::Tools { pattern, signature, manifest, alias, body: None })
            }
            Rule::on_head => {
                let pattern = self.pattern(cursor.take(Rule::pattern)?)?;
                let signature = self.optional_signature(cursor)?;
                let with =
                    cursor.take(Rule::with_facts).map(|pair| self.paths(children(pair))).unwrap_or_default();
                let when = self.guard(cursor)?;
                ItemKind::On(ast::On { pattern, signature, with, when, body: Vec::new() })
            }
            Rule::flow_head => {
                let ends = match (cursor.take(Rule::flow_end), cursor.take(Rule::flow_end)) {
                    (Some(from), Some(to)) => Some((self.flow_end(from)?, self.flow_end(to)?)),
                    _ => None,
                };
                let carrying = self.carrying(cursor)?;
                let when = self.guard(cursor)?;
                ItemKind::Flow(ast::Flow { ends, carrying, when, body: Vec::new() })
            }
            _ => return None,
        })
    }

    #[allow(clippy::option_option, reason = "absent and unbuildable are different things")]
    fn optional_signature(&mut self, cursor: &mut Cursor<'_>) -> Option<Option<ast::Signature>> {
        match cursor.take(Rule::signature) {
            Some(pair) => Some(Some(self.signature(pair)?)),
            None => Some(None),
        }
    }

    fn plain_item(&mut self, rule: Rule, cursor: &mut Cursor<'_>) -> Option<ItemKind> {
        Some(match rule {
            Rule::edition => ItemKind::Edition(ast::Edition { year: self.take_int(cursor)? }),
            Rule::use_item => {
                let source = match self.take_text(cursor) {
                    Some(text) => ast::UseSource::File(text),
                    None => ast::UseSource::Module(self.take_path(cursor)?),
                };
                let names = match cursor.take(Rule::use_list) {
                    Some(pair) => {
                        Some(children(pair).rest().map(|pair| self.use_name(pair)).collect::<Option<_>>()?)
                    }
                    None => None,
                };
                ItemKind::Use(ast::Use { source, names, alias: self.take_name(cursor) })
            }
            Rule::module => ItemKind::Module(ast::Module { name: self.take_path(cursor)? }),
            Rule::param => {
                let name = self.take_name(cursor)?;
                let ty = self.ty(cursor.take(Rule::type_expr)?)?;
                let default = match cursor.take(Rule::expr) {
                    Some(pair) => Some(self.expr(pair)?),
                    None => None,
                };
                ItemKind::Param(ast::Param { name, ty, default })
            }
            Rule::set => ItemKind::Set(self.set(cursor)?),
            Rule::record => {
                let name = self.take_name(cursor)?;
                ItemKind::Record(ast::Record { name, fields: self.fields(cursor.take(Rule::fields_block)?)? })
            }
            Rule::label => {
                let guarded = cursor.word(Rule::kw_guarded);
                let mut names = Vec::new();
                while let Some(name) = self.take_name(cursor) {
                    names.push(name);
                }
                ItemKind::Label(ast::Label { guarded, names })
            }
            Rule::host => {
                ItemKind::Host(ast::Host { fields: self.fields(cursor.take(Rule::fields_block)?)? })
            }
            Rule::job => {
                let name = self.take_name(cursor)?;
                ItemKind::Job(ast::Job { name, signature: self.signature(cursor.take(Rule::signature)?)? })
            }
            Rule::event => {
                let name = self.take_name(cursor)?;
                ItemKind::Event(ast::Event {
                    name,
                    signature: self.signature(cursor.take(Rule::signature)?)?,
                })
            }
            _ => return None,
        })
    }

    fn use_name(&self, pair: Pair<'_, Rule>) -> Option<ast::UseName> {
        let mut cursor = children(pair);
        let name = self.take_name(&mut cursor)?;
        Some(ast::UseName { name, alias: self.take_name(&mut cursor) })
    }

    pub(super) fn contract_clause(&mut self, pair: Pair<'_, Rule>) -> Option<ast::ContractClause> {
        use ast::ContractClauseKind as Kind;
        let span = self.span(&pair);
        let inner = children(pair).next()?;
        let rule = inner.as_rule();
        let mut cursor = children(inner);
        let kind = match rule {
            Rule::version => Kind::Version(self.take_text(&mut cursor)?),
            Rule::owner => Kind::Owner(self.take_text(&mut cursor)?),
            Rule::agents => Kind::Agents(self.texts(cursor)),
            _ => {
                let mut date =
                    |rule| cursor.take(rule).and_then(|pair| self.take_raw(&mut children(pair), Rule::date));
                Kind::Valid { from: date(Rule::valid_from), until: date(Rule::valid_until) }
            }
        };
        Some(ast::ContractClause { span, kind })
    }

    pub(super) fn challenge_clause(&mut self, pair: Pair<'_, Rule>) -> Option<ast::ChallengeClause> {
        use ast::ChallengeClauseKind as Kind;
        let span = self.span(&pair);
        let inner = children(pair).next()?;
        let rule = inner.as_rule();
        let anyone = inner.as_str().trim_end().ends_with("anyone");
        let mut cursor = children(inner);
        let kind = match rule {
            Rule::ask => {
                let count = self.take_int(&mut cursor);
                let who = match cursor.take(Rule::ask_group) {
                    Some(pair) => ast::Asked::Groups(self.texts(children(pair))),
                    None if anyone => ast::Asked::Anyone,
                    None => ast::Asked::User,
                };
                Kind::Ask { count, who }
            }
            Rule::separate => Kind::Separate(self.names(cursor)),
            Rule::binds => Kind::Binds(self.paths(cursor)),
            Rule::shows => Kind::Shows(self.paths(cursor)),
            Rule::expires => Kind::Expires(self.take_raw(&mut cursor, Rule::duration)?),
            Rule::single_use => Kind::SingleUse,
            _ => Kind::Reusable(self.take_raw(&mut cursor, Rule::duration)?),
        };
        Some(ast::ChallengeClause { span, kind })
    }

    fn set(&mut self, cursor: &mut Cursor<'_>) -> Option<ast::Set> {
        let name = self.take_name(cursor)?;
        let ty = self.ty(cursor.take(Rule::type_expr)?)?;
        let zone = cursor.take(Rule::set_zone).and_then(|pair| self.take_text(&mut children(pair)));
        let value = match cursor.take(Rule::set_list) {
            Some(pair) => {
                let span = self.span(&pair);
                let elements =
                    children(pair).rest().map(|pair| self.set_element(pair)).collect::<Option<_>>()?;
                ast::SetValue::List(elements, span)
            }
            None => ast::SetValue::Expr(self.expr(cursor.take(Rule::expr)?)?),
        };
        Some(ast::Set { name, ty, zone, value })
    }

    fn set_element(&mut self, pair: Pair<'_, Rule>) -> Option<ast::SetElement> {
        let inner = children(pair).next()?;
        if inner.as_rule() == Rule::expr {
            return Some(ast::SetElement::Expr(self.expr(inner)?));
        }
        let span = self.span(&inner);
        let mut range = ast::TimeRange { span, days: None, hours: None, dates: None };
        for part in children(inner).rest() {
            let rule = part.as_rule();
            let mut ends = children(part).rest().map(|end| self.raw(&end));
            let (first, last) = (ends.next()?, ends.next());
            match rule {
                Rule::dates => range.dates = Some((first, last)),
                Rule::days => range.days = Some((first, last)),
                _ => range.hours = Some((first, last?)),
            }
        }
        Some(ast::SetElement::Time(range))
    }

    pub(super) fn let_item(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Let> {
        let mut cursor = children(pair);
        let name = self.take_name(&mut cursor)?;
        let params = match cursor.take(Rule::let_params) {
            Some(pair) => {
                Some(children(pair).rest().map(|pair| self.let_param(pair)).collect::<Option<_>>()?)
            }
            None => None,
        };
        let ty = match cursor.take(Rule::type_expr) {
            Some(pair) => Some(self.ty(pair)?),
            None => None,
        };
        Some(ast::Let { name, params, ty, value: self.expr(cursor.take(Rule::expr)?)? })
    }

    fn let_param(&mut self, pair: Pair<'_, Rule>) -> Option<ast::LetParam> {
        let mut cursor = children(pair);
        let name = self.take_name(&mut cursor)?;
        let ty = match cursor.take(Rule::type_expr) {
            Some(pair) => Some(self.ty(pair)?),
            None => None,
        };
        Some(ast::LetParam { name, ty })
    }

    fn flow_end(&mut self, pair: Pair<'_, Rule>) -> Option<ast::FlowEnd> {
        let span = self.span(&pair);
        let mut cursor = children(pair);
        if let Some(text) = self.take_text(&mut cursor) {
            return Some(ast::FlowEnd { span, name: Some(text.node), quoted: true });
        }
        let name = self.take_path(&mut cursor).map(|path| path.text());
        Some(ast::FlowEnd { span, name, quoted: false })
    }

    pub(super) fn pattern(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Pattern> {
        let span = self.span(&pair);
        let mut parts = Vec::new();
        for part in pair.into_inner() {
            parts.push(match part.as_rule() {
                Rule::pattern_text => ast::PatternPart::Text(part.as_str().to_owned()),
                Rule::string => ast::PatternPart::Quoted(self.text(&part).node),
                Rule::pattern_star => ast::PatternPart::Star,
                Rule::pattern_dot => ast::PatternPart::Dot,
                _ => ast::PatternPart::Choice(
                    part.into_inner().map(|choice| self.pattern(choice)).collect::<Option<_>>()?,
                ),
            });
        }
        Some(ast::Pattern { span, parts })
    }
}

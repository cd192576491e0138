//! Limits: what is kept, and how the calls of each tool count against it.

use std::sync::Arc;

use agentpass_ir as ir;
use agentpass_values::Zone;

use super::counts::Polarity;
use super::expr::{Cx, Frame};
use super::{Construct, Lowered, Lowering, number};
use crate::typed::{
    Block, Bound, CalendarUnit, Expr, ExprKind, Fact, Filter, Limit, Meter, Origin, Past, Read, Suspended,
    Then, Window,
};
use crate::types::{Part, PastOf};

impl<'p> Lowering<'p> {
    pub(super) fn limit(&mut self, block: &'p Block, limit: &'p Limit) {
        let before = self.out.charges.len();
        if self.whole_limit(block, limit).is_err() {
            self.out.charges.truncate(before);
        }
    }

    fn whole_limit(&mut self, block: &'p Block, limit: &'p Limit) -> Lowered<()> {
        let id = ir::LimitId(number(self.out.limits.len()));
        let window = self.window(limit)?;
        let mut bounds = Vec::with_capacity(limit.bounds.len());
        for bound in &limit.bounds {
            let mut bound = self.bound(bound, &window)?;
            // Two budgets whose keys only look alike, such as a user's and a payee's, are two.
            if !limit.keys.is_empty() {
                bound.counts = format!("{} per {}", bound.counts, self.key_names(&limit.keys));
            }
            bounds.push(bound);
        }
        let mut targets: Vec<(ir::ToolId, usize)> =
            block.targets.iter().filter_map(|tool| Some((*self.tools.get(tool)?, *tool))).collect();
        targets.sort_unstable();
        self.sums_hold_for(block, limit)?;
        let mut keys: Option<Vec<ir::Ty>> = None;
        for (tool, index) in targets {
            for charge in self.charges(id, block, limit, tool, index)? {
                let types = self.types(&charge.keys);
                // One limit has one key: `1` of one tool and `"1"` of another one are not the same budget.
                if keys.as_ref().is_some_and(|known| *known != types) {
                    return self.refuse(Construct::KeyType, limit.span);
                }
                keys = Some(types);
                for (bound, line) in bounds.iter_mut().zip(&charge.lines) {
                    let Some(line) = line else { continue };
                    let types = self.types(&line.keys);
                    if !bound.keys.is_empty() && bound.keys != types {
                        return self.refuse(Construct::KeyType, limit.span);
                    }
                    bound.keys = types;
                }
                self.out.charges.push(charge);
            }
        }
        // Without a tool nothing ever counts.
        let Some(keys) = keys else { return Ok(()) };
        let is_job = |key: &Expr| matches!(key.kind, ExprKind::Read(Read::JobId));
        let per_job = limit.keys.iter().any(is_job) || self.counts_jobs(block, limit);
        let origin = self.origin(limit.span);
        self.out.limits.push(ir::Limit { id: limit.id.clone(), keys, per_job, window, bounds, origin });
        Ok(())
    }

    /// A limit of a skill that names no key counts per job.
    fn counts_jobs(&self, block: &Block, limit: &Limit) -> bool {
        matches!(block.origin, Origin::Skill(_)) && limit.keys.is_empty()
    }

    fn window(&mut self, limit: &Limit) -> Lowered<ir::Window> {
        Ok(match &limit.window {
            Window::Lifetime => ir::Window::Lifetime,
            Window::Rolling(length) => ir::Window::Rolling(*length),
            Window::Calendar(unit, zone) => {
                let unit = match unit {
                    CalendarUnit::Hour => agentpass_values::CalendarUnit::Hour,
                    CalendarUnit::Day => agentpass_values::CalendarUnit::Day,
                    CalendarUnit::Week => agentpass_values::CalendarUnit::Week,
                    CalendarUnit::Month => agentpass_values::CalendarUnit::Month,
                };
                match Zone::parse(zone) {
                    Ok(zone) => ir::Window::Calendar(unit, zone),
                    Err(_) => return self.refuse(Construct::Broken, limit.span),
                }
            }
        })
    }

    fn bound(&mut self, bound: &'p Bound, window: &ir::Window) -> Lowered<ir::Bound> {
        let value = self.constant_of(&bound.value)?;
        let (meter, most) = match (&bound.meter, value) {
            (Meter::Calls | Meter::CallsPer(_), ir::Value::Int(most)) => (ir::Meter::Calls, most.into()),
            (Meter::Retries, ir::Value::Int(most)) => (ir::Meter::Retries, most.into()),
            (Meter::Tokens, ir::Value::Int(most)) => (ir::Meter::Tokens, most.into()),
            (Meter::InFlight, ir::Value::Int(most)) => (ir::Meter::InFlight, most.into()),
            (Meter::Denials, ir::Value::Int(most)) => (ir::Meter::Denials, most.into()),
            (Meter::Runtime, ir::Value::Duration(most)) => (ir::Meter::Runtime, most.nanos().into()),
            (Meter::Cost, ir::Value::Money(most)) => (ir::Meter::Cost(most.currency), most.nano),
            (Meter::Sum { .. }, ir::Value::Money(most)) => (ir::Meter::Sum(most.currency), most.nano),
            _ => return self.refuse(Construct::Broken, bound.value.span),
        };
        if most < 0 {
            return self.refuse(Construct::NegativeBound, bound.value.span);
        }
        let is_kept = matches!(meter, ir::Meter::Calls | ir::Meter::Retries | ir::Meter::Denials);
        if is_kept && matches!(window, ir::Window::Rolling(_)) && most > ir::verify::MAX_CALLS {
            return self.refuse(Construct::TooManyCalls, bound.value.span);
        }
        let step = match bound.then {
            Then::Deny => ir::Step::Deny,
            Then::Warn => ir::Step::Warn,
            Then::Challenge(challenge) => ir::Step::Challenge(ir::ChallengeId(number(challenge))),
            Then::DenyAndSuspend(whom) => ir::Step::Suspend(match whom {
                Suspended::Job => ir::Suspended::Job,
                Suspended::Agent => ir::Suspended::Agent,
                Suspended::Tool => ir::Suspended::Tool,
                Suspended::Gate => ir::Suspended::Gate,
            }),
        };
        let counts = self.counts_what(&bound.meter)?;
        let label = match (&bound.name, &bound.meter) {
            (Some(name), _) => name.clone(),
            (None, Meter::CallsPer(keys)) => format!("calls_per_{}", self.key_names(keys)),
            (None, Meter::Sum { .. }) => "amount".to_owned(),
            (None, _) => counts.clone(),
        };
        let (name, origin) = (bound.name.clone(), self.origin(bound.span));
        Ok(ir::Bound { meter, counts, label, keys: Vec::new(), most, step, name, origin })
    }

    /// What is counted, in words that do not change with the cap.
    fn counts_what(&mut self, meter: &'p Meter) -> Lowered<String> {
        Ok(match meter {
            Meter::Calls => "calls".to_owned(),
            Meter::CallsPer(keys) => format!("calls per {}", self.key_names(keys)),
            Meter::Retries => "retries".to_owned(),
            Meter::Tokens => "tokens".to_owned(),
            Meter::Cost => "cost".to_owned(),
            Meter::Runtime => "runtime".to_owned(),
            Meter::InFlight => "in_flight".to_owned(),
            Meter::Denials => "denials".to_owned(),
            Meter::Sum { of: None } => "amount".to_owned(),
            Meter::Sum { of: Some(past) } => {
                let tool = match past.of {
                    PastOf::Tool(tool) => self.program.tools.get(tool).map(|tool| tool.wire.as_str()),
                    PastOf::Event(_) => None,
                };
                let mut words = format!("amount of {}", tool.unwrap_or_default());
                for filter in &past.filters {
                    let value = self.sources.text(filter.value.span);
                    words.push_str(&format!(", {} {} {value}", filter.path.join("."), filter.op.text()));
                }
                words
            }
        })
    }

    /// Keys as they are written: `call.tool`.
    fn key_names(&self, keys: &[Expr]) -> String {
        keys.iter().map(|key| self.sources.text(key.span)).collect::<Vec<_>>().join("+")
    }

    fn types(&self, nodes: &[ir::NodeId]) -> Vec<ir::Ty> {
        nodes.iter().filter_map(|node| self.ty_of(*node).cloned()).collect()
    }

    /// Whose amounts are added up, for that the limit has to hold.
    fn sums_hold_for(&mut self, block: &Block, limit: &'p Limit) -> Lowered<()> {
        for bound in &limit.bounds {
            let Meter::Sum { of: Some(past) } = &bound.meter else { continue };
            if !matches!(past.of, PastOf::Tool(tool) if block.targets.contains(&tool)) {
                return self.refuse(Construct::SumOfOther, past.span);
            }
            let is_plain = past.filters.iter().all(|filter| filter.part == Part::Args);
            if !is_plain || past.phase.is_some() || past.scope != crate::typed::PastScope::Job {
                return self.refuse(Construct::SumFilter, past.span);
            }
        }
        Ok(())
    }

    /// How the calls of a tool count: at once against all bounds that count every call, and by themselves against each sum
    /// that counts some of them.
    fn charges(
        &mut self,
        id: ir::LimitId,
        block: &'p Block,
        limit: &'p Limit,
        tool: ir::ToolId,
        index: usize,
    ) -> Lowered<Vec<ir::Charge>> {
        let mut charges = Vec::new();
        let mut plain = Vec::with_capacity(limit.bounds.len());
        for bound in &limit.bounds {
            plain.push(if filters(bound).is_empty() { self.line(bound, index)? } else { None });
        }
        if plain.iter().any(Option::is_some) {
            charges.push(self.charge(id, block, limit, (tool, index), &[], plain)?);
        }
        for (place, bound) in limit.bounds.iter().enumerate() {
            let filters = filters(bound);
            if filters.is_empty() {
                continue;
            }
            let Some(line) = self.line(bound, index)? else { continue };
            let mut lines: Vec<Option<ir::Line>> = limit.bounds.iter().map(|_| None).collect();
            if let Some(slot) = lines.get_mut(place) {
                *slot = Some(line);
            }
            charges.push(self.charge(id, block, limit, (tool, index), filters, lines)?);
        }
        Ok(charges)
    }

    fn charge(
        &mut self,
        limit_id: ir::LimitId,
        block: &'p Block,
        limit: &'p Limit,
        (tool, index): (ir::ToolId, usize),
        filters: &'p [Filter],
        lines: Vec<Option<ir::Line>>,
    ) -> Lowered<ir::Charge> {
        let frame = Frame::Tool(index);
        let mut cx = Cx::new(frame);
        let mut keys = Vec::with_capacity(limit.keys.len());
        if self.counts_jobs(block, limit) {
            keys.push(self.ambient(ir::Ambient::Job, limit.span)?);
        }
        for key in &limit.keys {
            keys.push(self.value(&mut cx, key)?);
        }
        let names = match self.program.tools.get(index) {
            Some(of) => self.names_in_block(block, of)?,
            None => None,
        };
        let guards = limit.guards.iter().map(Arc::as_ref);
        let guard = self.guard(frame, block, names, guards, limit.span)?;
        let mut all: Vec<ir::NodeId> = guard.into_iter().collect();
        for filter in filters {
            all.extend(self.own_filter(&mut cx, index, filter)?);
        }
        let guard = self.all(all, limit.span)?;
        Ok(ir::Charge { limit: limit_id, tool, guard, keys, lines })
    }

    /// A filter over the call that is counted: both sides are its own.
    fn own_filter(&mut self, cx: &mut Cx<'p>, tool: usize, filter: &'p Filter) -> Lowered<Vec<ir::NodeId>> {
        let path: Vec<&str> = filter.path.iter().map(String::as_str).collect();
        let of = PastOf::Tool(tool);
        let part = self.past_path(of, Part::Args, &path, filter.span)?;
        let mut conditions = Vec::new();
        if self.may_lack(of, Part::Args, &path) {
            conditions.push(self.truth_node(ir::Op::Has(part), filter.span)?);
        }
        let value = self.value(cx, &filter.value)?;
        conditions.push(self.compared(filter.op, part, value, filter.span)?);
        Ok(conditions)
    }

    /// What a call of the tool counts against a bound; nothing where it does not count at all.
    fn line(&mut self, bound: &'p Bound, tool: usize) -> Lowered<Option<ir::Line>> {
        let mut cx = Cx::of_tool(tool);
        cx.polarity = Polarity::Refuses;
        let fact = match &bound.meter {
            Meter::Tokens => Some(Fact::Tokens),
            Meter::Cost => Some(Fact::Cost),
            Meter::Sum { of } => match of.as_ref().map(|past: &Past| past.of) {
                Some(PastOf::Tool(of)) if of != tool => return Ok(None),
                _ => Some(Fact::Amount),
            },
            _ => None,
        };
        let amount = match fact {
            Some(fact) => match self.fact(&mut cx, fact, bound.span)? {
                Some(amount) => Some(amount),
                None => return Ok(None),
            },
            None => None,
        };
        let mut keys = Vec::new();
        if let Meter::CallsPer(per) = &bound.meter {
            for key in per {
                keys.push(self.value(&mut cx, key)?);
            }
        }
        let when = bound.when.as_ref().map(|when| self.truth(&mut cx, when)).transpose()?;
        let because = self.template(&mut cx, bound.because.as_ref())?;
        let audit = self.template(&mut cx, bound.audit.as_ref())?;
        Ok(Some(ir::Line { when, keys, amount, because, audit }))
    }
}

/// What a sum is told apart by.
fn filters(bound: &Bound) -> &[Filter] {
    match &bound.meter {
        Meter::Sum { of: Some(past) } => &past.filters,
        _ => &[],
    }
}

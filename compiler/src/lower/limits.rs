//! Limits: what is kept, and how the calls of each tool count against it.

use agentpass_ir as ir;

use super::{Construct, Lowered, Lowering, expr};
use crate::ast::Threshold;
use crate::typed::{Block, Bound, ExprKind, Limit, Meter, Then, Value, Window};

impl Lowering<'_> {
    pub(super) fn limit(&mut self, block: &Block, limit: &Limit) {
        let id = ir::LimitId(u32::try_from(self.out.limits.len()).unwrap_or(u32::MAX));
        let mut bounds = Vec::with_capacity(limit.bounds.len());
        let mut sound = true;
        for bound in &limit.bounds {
            match self.bound(bound) {
                Ok(bound) => bounds.push(bound),
                Err(_) => sound = false,
            }
        }
        let window = match &limit.window {
            Window::Lifetime => ir::Window::Lifetime,
            Window::Rolling(length) => ir::Window::Rolling(*length),
            Window::Calendar(..) => {
                let _ = self.refuse::<()>(Construct::CalendarWindow, limit.span);
                return;
            }
        };
        let mut keys: Option<Vec<ir::Scalar>> = None;
        for tool in &block.targets {
            let Some(&ir_tool) = self.tools.get(tool) else { continue };
            let Ok(charge) = self.charge(id, *tool, ir_tool, limit) else {
                sound = false;
                continue;
            };
            match self.key_types(&charge) {
                // One limit has one key: `1` of one tool and `"1"` of another one are not the same budget.
                Some(types) if keys.as_ref().is_none_or(|known| *known == types) => keys = Some(types),
                _ => {
                    let _ = self.refuse::<()>(Construct::KeyType, limit.span);
                    sound = false;
                }
            }
            self.out.charges.push(charge);
        }
        if !sound {
            return;
        }
        let keys = keys.unwrap_or_default();
        self.out.limits.push(ir::Limit {
            id: limit.id.clone(),
            keys,
            window,
            bounds,
            origin: self.origin(limit.span),
        });
    }

    fn key_types(&self, charge: &ir::Charge) -> Option<Vec<ir::Scalar>> {
        let of = |key: &ir::NodeId| match self.out.nodes.get(key.index())?.ty {
            ir::Ty::One(of) => Some(of),
            _ => None,
        };
        charge.keys.iter().map(of).collect()
    }

    fn charge(
        &mut self,
        id: ir::LimitId,
        tool: usize,
        ir_tool: ir::ToolId,
        limit: &Limit,
    ) -> Lowered<ir::Charge> {
        let mut cx = expr::Cx::new(Some(tool));
        let guard = self.guards(&mut cx, &limit.guards, limit.span)?;
        let mut keys = Vec::with_capacity(limit.keys.len());
        for key in &limit.keys {
            keys.push(self.value(&mut cx, key)?);
        }
        let mut lines = Vec::with_capacity(limit.bounds.len());
        for bound in &limit.bounds {
            let amount = match &bound.meter {
                Meter::Calls => None,
                Meter::Sum { of: None } => Some(self.amount(&mut cx, bound.span)?),
                _ => return self.refuse(Construct::Meter, bound.span),
            };
            lines.push(ir::Line { amount, because: self.template(&mut cx, bound.because.as_ref())? });
        }
        Ok(ir::Charge { limit: id, tool: ir_tool, guard, keys, lines })
    }

    fn bound(&mut self, bound: &Bound) -> Lowered<ir::Bound> {
        if bound.when.is_some() {
            return self.refuse(Construct::BoundCondition, bound.span);
        }
        if bound.name.is_some() {
            return self.refuse(Construct::BoundName, bound.span);
        }
        if bound.audit.is_some() {
            return self.refuse(Construct::BoundAudit, bound.span);
        }
        if bound.then != Then::Deny || bound.threshold != Threshold::AtMost {
            return self.refuse(Construct::SoftBound, bound.span);
        }
        let (meter, most) = match (&bound.meter, &bound.value.kind) {
            (Meter::Calls, ExprKind::Const(Value::Int(most))) => (ir::Meter::Calls, i128::from(*most)),
            (Meter::Sum { of: None }, ExprKind::Const(Value::Money(most))) => {
                (ir::Meter::Sum(most.currency), most.nano)
            }
            (Meter::Calls | Meter::Sum { of: None }, _) => {
                return self.refuse(Construct::BoundValue, bound.value.span);
            }
            _ => return self.refuse(Construct::Meter, bound.span),
        };
        Ok(ir::Bound { meter, most, step: ir::Step::Deny, origin: self.origin(bound.span) })
    }
}

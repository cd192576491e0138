//! The same decisions by Cedar, as a host would make them: policies sliced by tool, JSON read into a typed structure, a request
//! and entities built from that, and a verdict from what the authoriser says.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use agentpass_runtime::Word;
use cedar_policy::{
    Authorizer, Context, Decision, Effect, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy,
    PolicySet, Request, RestrictedExpression,
};
use serde::Deserialize;

use crate::desk::{Job, TOOLS};

const POLICIES: &str = include_str!("support_desk.cedar");

pub(crate) struct Cedar {
    authorizer: Authorizer,
    slices: HashMap<&'static str, Slice>,
    agent: EntityTypeName,
    group: EntityTypeName,
    resource: EntityTypeName,
    jobs: RefCell<HashMap<String, Job>>,
}

/// What is about one tool.
struct Slice {
    action: EntityUid,
    policies: PolicySet,
}

/// A call, with the arguments of all tools.
#[derive(Deserialize)]
pub(crate) struct Call<'a> {
    agent: &'a str,
    job: &'a str,
    tool: &'a str,
    #[serde(borrow)]
    args: Args<'a>,
    #[serde(borrow)]
    auth: Auth<'a>,
}

#[derive(Deserialize)]
struct Auth<'a> {
    #[serde(borrow)]
    groups: Vec<Cow<'a, str>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Args<'a> {
    #[serde(borrow)]
    customer_id: Cow<'a, str>,
    #[serde(borrow)]
    payment: Cow<'a, str>,
    #[serde(borrow)]
    reason: Cow<'a, str>,
    #[serde(borrow)]
    fields: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    domains: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    to: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    cc: Vec<Cow<'a, str>>,
    amount: i64,
    results: i64,
}

/// What the authoriser is asked.
pub(crate) struct Asked<'c> {
    slice: &'c Slice,
    request: Request,
    entities: Entities,
}

impl Cedar {
    pub(crate) fn new() -> Self {
        let all: PolicySet = POLICIES.parse().unwrap();
        let slice = |tool: &'static str| {
            let of = all.policies().filter(|policy| policy.annotation("tool") == Some(tool));
            let policies = PolicySet::from_policies(of.cloned().collect::<Vec<Policy>>()).unwrap();
            let action = format!("Action::\"{tool}\"").parse().unwrap();
            (tool, Slice { action, policies })
        };
        Cedar {
            authorizer: Authorizer::new(),
            slices: TOOLS.into_iter().map(slice).collect(),
            agent: "Agent".parse().unwrap(),
            group: "Group".parse().unwrap(),
            resource: "Resource".parse().unwrap(),
            jobs: RefCell::default(),
        }
    }

    /// What jobs carry.
    pub(crate) fn jobs(&self) -> &RefCell<HashMap<String, Job>> {
        &self.jobs
    }

    pub(crate) fn parse<'t>(&self, text: &'t str) -> Option<Call<'t>> {
        serde_json::from_str(text).ok()
    }

    pub(crate) fn request(&self, text: &str) -> Option<Asked<'_>> {
        let call = self.parse(text)?;
        let slice = self.slices.get(call.tool)?;
        let args = &call.args;
        let job = self.jobs.borrow().get(call.job).copied().unwrap_or_default();
        let labels = [("pii", job.pii), ("untrusted", job.untrusted)];
        let labels =
            labels.into_iter().filter(|(_, carried)| *carried).map(|(label, _)| Cow::Borrowed(label));
        let mut facts = vec![("labels".to_owned(), set(labels))];
        let resource = match call.tool {
            "crm.read_customer" => {
                facts.push(("fields".to_owned(), set(args.fields.iter().cloned())));
                args.customer_id.as_ref()
            }
            "web.search" => {
                facts.push(("domains".to_owned(), set(args.domains.iter().cloned())));
                facts.push(("results".to_owned(), RestrictedExpression::new_long(args.results)));
                "web"
            }
            "stripe.refund" => {
                facts.push(("amount".to_owned(), RestrictedExpression::new_long(args.amount)));
                facts.push(("reason".to_owned(), RestrictedExpression::new_string(args.reason.to_string())));
                args.payment.as_ref()
            }
            _ => {
                let domain = |address: &Cow<'_, str>| {
                    address.rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase())
                };
                let domains = args.to.iter().chain(&args.cc).filter_map(domain);
                facts.push(("domains".to_owned(), set(domains.map(Cow::Owned))));
                facts.push(("fields".to_owned(), set(args.fields.iter().cloned())));
                "mail"
            }
        };
        let uid =
            |of: &EntityTypeName, id: &str| EntityUid::from_type_name_and_id(of.clone(), EntityId::new(id));
        let principal = uid(&self.agent, call.agent);
        let resource = uid(&self.resource, resource);
        let groups: HashSet<EntityUid> =
            call.auth.groups.iter().map(|group| uid(&self.group, group)).collect();
        let entity = Entity::new_no_attrs(principal.clone(), groups);
        let entities = Entities::from_entities([entity], None).ok()?;
        let context = Context::from_pairs(facts).ok()?;
        let request = Request::new(principal, slice.action.clone(), resource, context, None).ok()?;
        Some(Asked { slice, request, entities })
    }

    pub(crate) fn decide(&self, text: &str) -> Word {
        let Some(Asked { slice, request, entities }) = self.request(text) else { return Word::Deny };
        let response = self.authorizer.is_authorized(&request, &slice.policies, &entities);
        if response.decision() == Decision::Allow {
            return Word::Allow;
        }
        let asks =
            |policy: &Policy| policy.effect() == Effect::Forbid && policy.annotation("challenge").is_some();
        let mut reasons = response.diagnostics().reason().peekable();
        let asked = reasons.peek().is_some() && reasons.all(|id| slice.policies.policy(id).is_some_and(asks));
        if asked { Word::Challenge } else { Word::Deny }
    }
}

fn set<'a>(of: impl Iterator<Item = Cow<'a, str>>) -> RestrictedExpression {
    RestrictedExpression::new_set(of.map(|text| RestrictedExpression::new_string(text.into_owned())))
}

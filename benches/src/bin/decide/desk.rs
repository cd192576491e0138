//! The workload: a contract, with as many tools as are asked for, and the calls of a support desk.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;

use agentpass_compiler::build::build;
use agentpass_compiler::load::MemoryFiles;
use agentpass_ir::Verified;

/// The tools that are called.
pub(crate) const TOOLS: [&str; 4] = ["crm.read_customer", "web.search", "stripe.refund", "gmail.send"];

/// How many calls there are.
const CALLS: u64 = 2048;

const CONTRACT: &str = include_str!("support_desk.agentpass");

/// A call, and what the benchmark knows about it.
pub(crate) struct Call {
    pub(crate) tool: &'static str,
    pub(crate) job: String,
    pub(crate) text: String,
}

/// What a job carries, for whoever cannot remember it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Job {
    pub(crate) pii: bool,
    pub(crate) untrusted: bool,
}

impl Job {
    /// Notes what an allowed call adds.
    pub(crate) fn carry(jobs: &RefCell<HashMap<String, Job>>, call: &Call) {
        let mut jobs = jobs.borrow_mut();
        let job = jobs.entry(call.job.clone()).or_default();
        job.pii |= call.tool == "crm.read_customer";
        job.untrusted |= call.tool == "web.search";
    }
}

/// The contract, with tools that nobody calls until there are `count`.
pub(crate) fn contract(count: usize) -> Verified {
    let mut text = CONTRACT.to_owned();
    for index in TOOLS.len()..count {
        let _ = write!(
            text,
            "\ntool erp.call_{index}(id: id, fields: list<string>, amount: money<USD> as cents) {{\n    action read\n    \
             amount amount\n    require amount <= $100 because \"not {{amount}}\"\n    require each f in fields: f in \
             case_view because \"not {{f}}\"\n}}\n"
        );
    }
    let files = MemoryFiles::new([("support_desk.agentpass", text.as_str())]);
    build(&["support_desk.agentpass".to_owned()], &files, &Default::default(), &Default::default()).unwrap().0
}

/// The calls, always the same ones in the same order.
pub(crate) fn calls() -> Vec<Call> {
    let mut draw = Draw(0x2545_f491_4f6c_dd1d);
    (0..CALLS).map(|number| call(number, &mut draw)).collect()
}

fn call(number: u64, draw: &mut Draw) -> Call {
    // Some jobs only read and pay, some only search, some only write, and a few do all of it.
    let job = draw.below(64);
    let tool = match job % 4 {
        0 => TOOLS[if draw.below(2) == 0 { 0 } else { 2 }],
        1 => TOOLS[1],
        2 => TOOLS[3],
        _ => TOOLS[draw.below(4) as usize],
    };
    let customer = format!("cus_9s6XKzkN{:06}", draw.below(1_000_000));
    let note = "The customer was charged twice on the same day; the second charge came four minutes after the first one";
    let args = match tool {
        "crm.read_customer" => {
            let fields = draw.one(&[
                r#""customer_id", "case_id", "plan""#,
                r#""customer_id", "renewal_date""#,
                r#""plan""#,
                r#""customer_id", "phone""#,
            ]);
            format!(r#"{{"customer_id": "{customer}", "fields": [{fields}], "note": "{note}."}}"#)
        }
        "web.search" => {
            let domains = draw.one(&[
                "",
                r#""stripe.com", "docs.stripe.com""#,
                r#""example.org""#,
                r#""internal.example""#,
            ]);
            let results = draw.one(&["5", "10", "20", "50"]);
            format!(
                r#"{{"query": "how long does a refund of a duplicate charge take", "domains": [{domains}], "results": {results}, "note": "{note}."}}"#
            )
        }
        "stripe.refund" => {
            let amount = draw.one(&["1200", "499", "1999", "4900", "25000"]);
            let reason =
                draw.one(&["duplicate", "fraudulent", "requested_by_customer", "duplicate", "kindness"]);
            format!(
                r#"{{"payment": "pi_3OaXyz2eZvKYlo2C{number:06}", "customer_id": "{customer}", "amount": {amount}, "reason": "{reason}", "idempotency_key": "refund-{number}", "note": "{note}."}}"#
            )
        }
        _ => {
            let to = draw.one(&["ann@customer.example", "bob@partner.example", "eve@evil.example"]);
            let cc = draw.one(&["", r#""desk@customer.example", "lead@partner.example""#]);
            let fields = draw.one(&["", r#""customer_id", "plan""#, r#""case_id""#, r#""iban", "plan""#]);
            format!(
                r#"{{"to": ["{to}"], "cc": [{cc}], "subject": "Your refund", "fields": [{fields}], "body": "Hello,\n{note}; we have paid it back."}}"#
            )
        }
    };
    let job = format!("case-{job:04}");
    let text = format!(
        r#"{{"agent": "support-agent", "tenant": "acme", "user": "u-{:02}", "job": "{job}", "tool": "{tool}", "args": {args}, "auth": {{"issuer": "https://idp.example.com", "client": "desk", "scopes": ["crm.read", "crm.write", "payments.refund", "mail.send"], "groups": ["support", "support-emea"]}}}}"#,
        draw.below(50)
    );
    Call { tool, job, text }
}

/// Numbers that look random and are always the same.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

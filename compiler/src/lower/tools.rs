//! What comes over the wire: facts of the host and of jobs, records, tools and events.

use agentpass_ir as ir;

use super::forms::Writer;
use super::{Construct, Lowered, Lowering, expr, number};
use crate::typed::{Action, Expr, Facts, Field, Tool, ToolKind};

impl<'p> Lowering<'p> {
    pub(super) fn wire(&mut self) {
        let program = self.program;
        self.out.records = program
            .records
            .iter()
            .map(|record| ir::Record {
                name: record.name.node.clone(),
                fields: self.fields(&record.fields, Writer::Agent),
                open: record.open,
            })
            .collect();
        self.out.schemas.clone_from(&program.schemas);
        self.out.host = self.fields(&program.host, Writer::Host);
        self.job_facts();
        self.out.guarded = program
            .labels
            .iter()
            .filter(|label| label.guarded)
            .map(|label| label.name.node.clone())
            .collect();
        self.out.guarded.sort();
        self.out.guarded.dedup();
        for event in &program.events {
            let fields = self.fields(&event.fields, Writer::Host);
            let (name, origin) = (event.name.node.clone(), self.origin(event.name.span));
            self.out.events.push(ir::Event { name, fields, origin });
        }
        self.tools();
    }

    /// What hosts bind, over all kinds of jobs: a name that two kinds have is one fact, in the language and on the wire.
    fn job_facts(&mut self) {
        let program = self.program;
        let mut fields: Vec<&'p Field> = Vec::new();
        for field in program.jobs.iter().flat_map(|job| &job.fields) {
            let is_same = |known: &&Field| known.name == field.name || known.wire == field.wire;
            let place = fields.iter().position(is_same).unwrap_or(fields.len());
            self.job_facts.entry(field.name.clone()).or_insert(number(place));
            if place == fields.len() {
                fields.push(field);
            }
        }
        for field in fields {
            let lowered = self.fields(std::slice::from_ref(field), Writer::Host);
            self.out.job.extend(lowered);
        }
    }

    fn tools(&mut self) {
        let program = self.program;
        let mut order: Vec<(usize, &Tool)> = program.tools.iter().enumerate().collect();
        order.sort_by_key(|(_, tool)| {
            let place = (self.origin(tool.span).file, tool.span.start);
            match &tool.kind {
                ToolKind::Declared | ToolKind::Pinned { .. } => (0, tool.wire.clone(), place),
                ToolKind::Family(_) => (1, String::new(), place),
                ToolKind::Otherwise => (2, String::new(), place),
            }
        });
        for (index, tool) in &order {
            self.tools.insert(*index, ir::ToolId(number(self.out.tools.len())));
            let Ok(tool) = self.tool(tool) else { continue };
            self.out.tools.push(tool);
        }
        if self.out.tools.len() < order.len() {
            // A tool is missing, and has been reported: the numbers mean nothing any more.
            return;
        }
        for (index, tool) in order {
            let _ = self.ways(index, &tool.facts);
        }
    }

    fn tool(&mut self, tool: &'p Tool) -> Lowered<ir::Tool> {
        let name = match &tool.kind {
            ToolKind::Declared | ToolKind::Pinned { .. } => ir::ToolName::Exact(tool.wire.clone()),
            ToolKind::Family(pattern) => {
                ir::ToolName::Family(pattern.text(), self.pattern(pattern, tool.span)?)
            }
            ToolKind::Otherwise => ir::ToolName::Otherwise,
        };
        let facts = &tool.facts;
        let Some((action, _)) = facts.action else { return self.refuse(Construct::Broken, tool.span) };
        let reads = facts.reads.iter().map(|reads| ir::Reading {
            source: reads.source.clone(),
            labels: reads.labels.clone(),
            origin: self.origin(reads.span),
        });
        let reads = reads.collect();
        Ok(ir::Tool {
            name,
            params: self.fields(&tool.params, Writer::Agent),
            views: Vec::new(),
            open: tool.open,
            schema: tool.schema,
            action: lowered_action(action),
            results: self.fields(&tool.results, Writer::Agent),
            error_means_no_effect: tool.error_means_no_effect,
            runs_at_most: tool.runs_at_most,
            reads,
            releases: (!facts.releases.is_empty()).then(|| facts.releases.clone()),
            sends: Vec::new(),
            crossings: Vec::new(),
            flows: Vec::new(),
            origin: self.origin(tool.span),
        })
    }

    /// Where calls of the tool move data to, as far as that is computed per call.
    fn ways(&mut self, index: usize, facts: &'p Facts) -> Lowered<()> {
        let mut sends = Vec::with_capacity(facts.sends.len());
        for sending in &facts.sends {
            let at = match &sending.at {
                Some(at) => Some(self.value(&mut expr::Cx::of_tool(index), at)?),
                None => None,
            };
            sends.push(ir::Sending { to: sending.to.clone(), at, origin: self.origin(sending.span) });
        }
        let mut crossings = Vec::with_capacity(facts.from_to.len());
        for way in &facts.from_to {
            let mut value = |of: &'p Expr| self.value(&mut expr::Cx::of_tool(index), of);
            let (from, to) = (value(&way.from)?, value(&way.to)?);
            let labels = way.labels.iter().map(value).collect::<Lowered<_>>()?;
            crossings.push(ir::Crossing { from, to, labels, origin: self.origin(way.span) });
        }
        if let Some(tool) = self.tool_mut(index) {
            tool.sends = sends;
            tool.crossings = crossings;
        }
        Ok(())
    }

    /// The tool with that index in the program.
    pub(super) fn tool_mut(&mut self, index: usize) -> Option<&mut ir::Tool> {
        let id = self.tools.get(&index)?;
        self.out.tools.get_mut(id.index())
    }
}

fn lowered_action(action: Action) -> ir::Action {
    match action {
        Action::Read => ir::Action::Read,
        Action::Write => ir::Action::Write,
        Action::Delete => ir::Action::Delete,
        Action::Send => ir::Action::Send,
        Action::Export => ir::Action::Export,
        Action::Pay => ir::Action::Pay,
        Action::Deploy => ir::Action::Deploy,
        Action::Admin => ir::Action::Admin,
    }
}

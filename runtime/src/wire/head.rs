//! The fields of a call, in whatever order they come.

use std::borrow::Cow;

use agentpass_ir::{Ambient, Lookup, Tool, Value, Verified};
use agentpass_values::{Timestamp, escape};

use super::reader::{Kind, Reader};
use super::{Call, Caller, Limits, Refusal, Source};
use crate::frame::{self, ArgFault, Frame};

/// The longest id of a call, in bytes.
const MAX_ID: usize = 256;

/// A call while it is read.
struct Head<'c, 't> {
    contract: &'c Verified,
    limits: &'c Limits,
    id: Option<String>,
    at: Option<Timestamp>,
    tool: Option<(Cow<'t, str>, Lookup)>,
    job_kind: Option<String>,
    skill_digest: Option<[u8; 32]>,
    approvals: Vec<String>,
    args: Args,
    frame: Frame,
    faults: Vec<ArgFault>,
}

enum Args {
    Missing,
    /// Where they begin; they are well-formed.
    Skipped(usize),
    Read,
}

pub(super) fn read(
    contract: &Verified,
    source: Source<'_>,
    limits: &Limits,
    text: &str,
) -> Result<Call, Refusal> {
    let mut head = Head {
        contract,
        limits,
        id: None,
        at: None,
        tool: None,
        job_kind: None,
        skill_digest: None,
        approvals: Vec::new(),
        args: Args::Missing,
        frame: Frame::shared(contract.program()),
        faults: Vec::new(),
    };
    let mut reader = Reader::new(text, limits);
    let live = matches!(source, Source::Live(_));
    reader.fields(|reader, key| head.field(live, reader, key).map(Some))?;
    reader.end()?;
    if let Source::Live(caller) = source {
        head.caller(caller)?;
    } else if head.frame.get(Ambient::Via.slot()).is_none() {
        // A call as it is written has nobody in between.
        head.frame.set(Ambient::Via.slot(), Some(Value::List(Vec::new())));
    }
    head.finish(text)
}

impl<'c, 't> Head<'c, 't> {
    /// Reads one field, and gives a number that no other one has.
    fn field(&mut self, live: bool, reader: &mut Reader<'t>, key: &str) -> Result<u8, Refusal> {
        if live && matches!(key, "at" | "agent" | "tenant" | "user" | "job" | "skill" | "host" | "auth") {
            let message = format!("`{key}` comes from the authenticated channel");
            return Err(reader.refuse("wire.not_yours", message));
        }
        let number = match key {
            "tool" => {
                let name = reader.field_text(key)?;
                let lookup = match crate::planted::planted(111) {
                    true => self.contract.tool(&name.to_lowercase()),
                    false => self.contract.tool(&name),
                };
                self.tool = Some((name, lookup));
                0
            }
            "args" => self.args(reader).map(|()| 1)?,
            "agent" => self.text(reader, key, Ambient::Agent).map(|()| 2)?,
            "tenant" => self.text(reader, key, Ambient::Tenant).map(|()| 3)?,
            "user" => self.text(reader, key, Ambient::User).map(|()| 4)?,
            "job" => self.job(reader).map(|()| 5)?,
            "skill" => self.skill(reader).map(|()| 6)?,
            "id" => {
                let id = reader.field_text(key)?;
                // It is kept for as long as anybody may come again with it.
                if id.len() > MAX_ID {
                    return Err(
                        reader.refuse("wire.too_large", format!("`id` is longer than {MAX_ID} bytes"))
                    );
                }
                // An outcome or a vote for one of them would reach the other.
                if id.starts_with("dec_") || id.starts_with("chl_") {
                    let message = "`id` begins as the gate's own names do: `dec_`, `chl_`";
                    return Err(reader.refuse("wire.type", message));
                }
                self.id = Some(id.into_owned());
                7
            }
            "at" => {
                let at = Timestamp::parse(&reader.field_text(key)?);
                self.at = Some(at.map_err(|error| reader.refuse("wire.type", format!("`at`: {error}")))?);
                8
            }
            "auth" => {
                reader.fields(|reader, key| match &**key {
                    "issuer" => self.text(reader, key, Ambient::Issuer).map(|()| Some(0)),
                    "client" => self.text(reader, key, Ambient::Client).map(|()| Some(1)),
                    "scopes" => self.texts(reader, key, Ambient::Scopes).map(|()| Some(2)),
                    "groups" => self.texts(reader, key, Ambient::Groups).map(|()| Some(3)),
                    other => Err(unknown(reader, "`auth`", other)),
                })?;
                9
            }
            "host" => {
                let faults = frame::read_host(self.contract, self.limits, reader, &mut self.frame)?;
                self.faults.extend(faults);
                10
            }
            "approvals" => {
                self.approvals = texts(reader, key, Cow::into_owned)?;
                11
            }
            other => return Err(unknown(reader, "a call", other)),
        };
        Ok(number)
    }

    fn text(&mut self, reader: &mut Reader<'t>, key: &str, ambient: Ambient) -> Result<(), Refusal> {
        let text = reader.field_text(key)?;
        if self.nobody_reads(ambient) {
            return Ok(());
        }
        // Nobody is called that: it is what some hosts write where they know nothing (semantics 17). A skill binds its calls; one
        // without a name binds them to nothing.
        if text.is_empty() && ambient != Ambient::Skill {
            return Ok(());
        }
        self.frame.set(ambient.slot(), Some(Value::Text(text.into())));
        Ok(())
    }

    /// Credentials are looked at by rules alone: what no rule reads is read in passing.
    fn nobody_reads(&self, part: Ambient) -> bool {
        let is_credential =
            matches!(part, Ambient::Issuer | Ambient::Client | Ambient::Scopes | Ambient::Groups);
        is_credential && !self.contract.reads(part)
    }

    fn texts(&mut self, reader: &mut Reader<'t>, key: &str, ambient: Ambient) -> Result<(), Refusal> {
        if self.nobody_reads(ambient) {
            texts(reader, key, drop)?;
            return Ok(());
        }
        let all = texts(reader, key, |text| Value::Text(text.into()))?;
        self.frame.set(ambient.slot(), Some(Value::List(all)));
        Ok(())
    }

    /// A job: its id, or an object with what the host has bound to it.
    fn job(&mut self, reader: &mut Reader<'t>) -> Result<(), Refusal> {
        if reader.kind()? != Kind::Object {
            return self.text(reader, "job", Ambient::Job);
        }
        reader.object(|reader, key| match &**key {
            "id" => self.text(reader, "job.id", Ambient::Job),
            "as" => {
                self.job_kind = Some(reader.field_text("job.as")?.into_owned());
                Ok(())
            }
            "with" => {
                let faults = frame::read_job(self.contract, self.limits, reader, &mut self.frame)?;
                self.faults.extend(faults);
                Ok(())
            }
            other => Err(unknown(reader, "`job`", other)),
        })?;
        if self.frame.get(Ambient::Job.slot()).is_none() {
            return Err(reader.refuse("wire.type", "`job` has no `id`"));
        }
        Ok(())
    }

    /// A skill: its name, or an object with the digest of its bundle.
    fn skill(&mut self, reader: &mut Reader<'t>) -> Result<(), Refusal> {
        if reader.kind()? != Kind::Object {
            return self.text(reader, "skill", Ambient::Skill);
        }
        reader.object(|reader, key| match &**key {
            "name" => self.text(reader, "skill.name", Ambient::Skill),
            "digest" => {
                let text = reader.field_text("skill.digest")?;
                let Some(digest) = sha256(&text) else {
                    let message = "`skill.digest` is not `sha256:` and 64 hexadecimal digits";
                    return Err(reader.refuse("wire.type", message));
                };
                self.skill_digest = Some(digest);
                Ok(())
            }
            other => Err(unknown(reader, "`skill`", other)),
        })?;
        if self.frame.get(Ambient::Skill.slot()).is_none() {
            return Err(reader.refuse("wire.type", "`skill` has no `name`"));
        }
        Ok(())
    }

    fn args(&mut self, reader: &mut Reader<'t>) -> Result<(), Refusal> {
        if reader.kind()? != Kind::Object {
            return Err(reader.refuse("wire.type", "`args` is not an object"));
        }
        match self.known() {
            Some(tool) => {
                self.args = Args::Read;
                let faults =
                    frame::read_arguments(self.contract, tool, self.limits, reader, &mut self.frame)?;
                self.faults.extend(faults);
            }
            None => {
                self.args = Args::Skipped(reader.position());
                reader.skip()?;
            }
        }
        Ok(())
    }

    fn known(&self) -> Option<&'c Tool> {
        match self.tool {
            Some((_, Lookup::Known(id))) => self.contract.program().tools.get(id.index()),
            _ => None,
        }
    }

    /// Who calls, as the host says.
    fn caller(&mut self, caller: &Caller) -> Result<(), Refusal> {
        let texts = [
            (Ambient::Agent, &caller.agent),
            (Ambient::User, &caller.user),
            (Ambient::Tenant, &caller.tenant),
            (Ambient::Issuer, &caller.issuer),
            (Ambient::Client, &caller.client),
        ];
        for (ambient, text) in texts {
            // A host that knows nothing may say so with an empty text.
            let text = text.as_deref().filter(|text| !text.is_empty());
            self.frame.set(ambient.slot(), text.map(|text| Value::Text(text.into())));
        }
        let lists = [
            (Ambient::Via, &caller.via),
            (Ambient::Scopes, &caller.scopes),
            (Ambient::Groups, &caller.groups),
        ];
        for (ambient, list) in lists {
            let all = list.iter().map(|text| Value::Text(text.as_str().into())).collect();
            self.frame.set(ambient.slot(), Some(Value::List(all)));
        }
        if let Some(job) = &caller.job {
            let id = Some(job.id.as_str()).filter(|id| !id.is_empty());
            self.frame.set(Ambient::Job.slot(), id.map(|id| Value::Text(id.into())));
            self.job_kind.clone_from(&job.kind);
            if let Some(with) = &job.with {
                let mut reader = Reader::new(with, self.limits);
                let faults = frame::read_job(self.contract, self.limits, &mut reader, &mut self.frame)?;
                reader.end()?;
                self.faults.extend(faults);
            }
        }
        if let Some(skill) = &caller.skill {
            self.frame.set(Ambient::Skill.slot(), Some(Value::Text(skill.name.as_str().into())));
            self.skill_digest = skill.digest;
        }
        if let Some(host) = &caller.host {
            let mut reader = Reader::new(host, self.limits);
            let faults = frame::read_host(self.contract, self.limits, &mut reader, &mut self.frame)?;
            reader.end()?;
            self.faults.extend(faults);
        }
        Ok(())
    }

    fn finish(mut self, text: &'t str) -> Result<Call, Refusal> {
        let Some((name, tool)) = self.tool.take() else {
            let message = "the call names no tool".to_owned();
            return Err(Refusal { code: "wire.missing_tool", message, at: text.len() });
        };
        self.frame.set(Ambient::Tool.slot(), Some(Value::Text((&*name).into())));
        let known = match tool {
            Lookup::Known(id) => self.contract.program().tools.get(id.index()),
            _ => None,
        };
        if let Some(known) = known {
            let mut reader = match self.args {
                Args::Read => None,
                Args::Skipped(at) => Some(Reader::resume(text, at, self.limits)),
                Args::Missing => Some(Reader::new("{}", self.limits)),
            };
            if let Some(reader) = &mut reader {
                let faults =
                    frame::read_arguments(self.contract, known, self.limits, reader, &mut self.frame)?;
                self.faults.extend(faults);
            }
        }
        frame::defaults(self.contract.program(), &mut self.frame);
        Ok(Call {
            id: self.id,
            at: self.at,
            name: name.into_owned(),
            tool,
            job_kind: self.job_kind,
            skill_digest: self.skill_digest,
            approvals: self.approvals,
            frame: self.frame,
            faults: self.faults,
        })
    }
}

fn unknown(reader: &Reader<'_>, of: &str, key: &str) -> Refusal {
    reader.refuse("wire.unknown_field", format!("{of} has no field `{}`", escape::shown(key)))
}

fn texts<'t, T>(
    reader: &mut Reader<'t>,
    key: &str,
    of: impl Fn(Cow<'t, str>) -> T,
) -> Result<Vec<T>, Refusal> {
    if reader.kind()? != Kind::Array {
        return Err(reader.refuse("wire.type", format!("`{key}` is not an array of strings")));
    }
    let mut all = Vec::new();
    reader.array(|reader| {
        all.push(of(reader.field_text(key)?));
        Ok(())
    })?;
    Ok(all)
}

/// `sha256:` and its digits, or the digits alone.
fn sha256(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    if digits.len() != 64 {
        return None;
    }
    let mut out = [0; 32];
    for (to, pair) in out.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        let pair =
            std::str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()))?;
        *to = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(out)
}

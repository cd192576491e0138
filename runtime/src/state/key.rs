//! Keys of rows: typed, lossless, bounded.

use std::hash::BuildHasher;
use std::sync::OnceLock;

use agentpass_ir::Value;
use foldhash::quality::RandomState;
use sha2::{Digest, Sha256};

use crate::digest;

/// The longest key that is kept as it is; a longer one is kept as its digest. Keys can be chosen by agents, so their size
/// is bounded.
pub const MAX_KEY: usize = 111;

/// What identifies a row. Keys sort, so that a store can lock in one order. They hold their bytes in place: a decision makes a
/// dozen of them.
#[derive(Clone)]
pub struct Key {
    /// Of the bytes: a key is looked for several times, and most others are told from it by this alone.
    hash: u64,
    length: u8,
    bytes: [u8; MAX_KEY],
}

impl Key {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// A hash of it, which is another one in every process: nobody can foresee which keys meet.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.hash
    }

    fn of(bytes: &[u8]) -> Key {
        let mut key = Key { hash: 0, length: 0, bytes: [0; MAX_KEY] };
        for (to, byte) in key.bytes.iter_mut().zip(bytes) {
            *to = *byte;
        }
        key.length = u8::try_from(bytes.len().min(MAX_KEY)).unwrap_or(u8::MAX);
        key
    }

    fn hashed(mut self) -> Key {
        self.hash = hash(self.as_bytes());
        self
    }
}

/// The hash of a key of those bytes.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    static SEED: OnceLock<RandomState> = OnceLock::new();
    SEED.get_or_init(RandomState::default).hash_one(bytes)
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl std::hash::Hash for Key {
    fn hash<H: std::hash::Hasher>(&self, to: &mut H) {
        to.write_u64(self.hash);
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", digest::hex(self.as_bytes()))
    }
}

/// Kinds of rows: the first byte of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "named as the rows")]
pub enum Kind {
    Tally = 1,
    Watch,
    Once,
    Asking,
    /// From a challenge's id to its asking.
    AskingId,
    /// From a call's id to the askings that it met.
    AskingsOfCall,
    Job,
    /// From a job's id to the tenants that have one of that name.
    JobTenants,
    Permit,
    /// From a call's id to its open permits.
    PermitsOfCall,
    Seen,
    /// That a job has made a call of that digest before.
    Made,
    Switches,
}

/// A key while it is put together.
///
/// Its bytes are kept in place as long as they fit, and are digested when they do not.
#[derive(Clone, Debug)]
pub struct Builder {
    key: Key,
    /// All bytes, from the moment at which they no longer fit.
    long: Option<Box<Sha256>>,
    /// It belongs to a job; where the job's name alone does not fit, what stands for it.
    job: Option<Option<Tag>>,
}

/// What stands for a job in keys that are kept as digests.
pub(crate) type Tag = [u8; 16];

/// How the key of a row that belongs to a job says which one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Named<'k> {
    /// By tenant and name.
    Whole(&'k [u8]),
    /// By what stands for them.
    Tag(&'k [u8]),
}

/// The rows that belong to a job, and go when it is closed: by their keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfJob {
    /// How keys that are kept as they are name it.
    named: Vec<u8>,
    tag: Tag,
}

impl OfJob {
    /// Those of that job.
    #[must_use]
    pub fn new(tenant: Option<&str>, job: &str) -> OfJob {
        let mut named = Vec::new();
        for text in [tenant, Some(job)] {
            named.push(u8::from(text.is_some()));
            if let Some(text) = text {
                named.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
                named.extend(text.as_bytes());
            }
        }
        let tag = tag(&named);
        OfJob { named, tag }
    }

    /// Those of the job that has its own row there; nothing where that key is kept as a digest.
    #[must_use]
    pub fn named_by(job: &Key) -> Option<OfJob> {
        let (_, named) = job.as_bytes().split_first()?;
        let is_named = named.first().is_some_and(|first| *first <= 1);
        is_named.then(|| OfJob { named: named.to_vec(), tag: tag(named) })
    }

    /// True where a key belongs to it.
    #[must_use]
    pub fn has(&self, key: &[u8]) -> bool {
        match OfJob::named_in(key) {
            Some(Named::Whole(named)) => named == self.named,
            Some(Named::Tag(tag)) => tag == self.tag,
            None => false,
        }
    }

    /// Which job a key names as the one that its row belongs to.
    pub(crate) fn named_in(key: &[u8]) -> Option<Named<'_>> {
        let (&kind, rest) = key.split_first()?;
        let may = [Kind::Tally, Kind::Watch, Kind::Seen, Kind::Made].iter().any(|of| *of as u8 == kind);
        match rest.split_first().filter(|_| may)? {
            (&OF_JOB, rest) => Some(Named::Whole(two_texts(rest))),
            (&LONG_OF_JOB, rest) => rest.get(..size_of::<Tag>()).map(Named::Tag),
            _ => None,
        }
    }

    /// How keys say that they are of this job.
    pub(crate) fn names(&self) -> (&[u8], &Tag) {
        (&self.named, &self.tag)
    }
}

/// The bytes of two texts, as [`Builder::text`] wrote them, without what follows.
fn two_texts(rest: &[u8]) -> &[u8] {
    let text = |at: usize| match rest.get(at) {
        Some(1) => {
            let length = rest.get(at + 1..at + 5).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
            at + 5 + length.map_or(0, |length| u32::from_le_bytes(length) as usize)
        }
        _ => at + 1,
    };
    rest.get(..text(text(0))).unwrap_or_default()
}

/// What follows the kind: it belongs to nobody in particular, or to a job; or the same, as digests.
const OF_ALL: u8 = 0;
const OF_JOB: u8 = 1;
const LONG_OF_JOB: u8 = 0xfe;
const LONG: u8 = 0xff;

fn tag(named: &[u8]) -> Tag {
    let mut tag = Tag::default();
    tag.iter_mut().zip(Sha256::digest(named)).for_each(|(to, byte)| *to = byte);
    tag
}

impl Builder {
    /// Of a row of that kind.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { key: Key::of(&[kind as u8]), long: None, job: None }
    }

    /// Of a row that belongs to a job, and goes when it is closed. Said first, as the other one.
    pub fn of_job(&mut self, tenant: Option<&str>, job: &str) -> &mut Self {
        self.push(&[OF_JOB]);
        self.text(tenant).text(Some(job));
        self.job = Some(self.long.is_some().then(|| OfJob::new(tenant, job).tag));
        self
    }

    /// Of a row that belongs to no job.
    pub fn of_all(&mut self, tenant: Option<&str>) -> &mut Self {
        self.push(&[OF_ALL]);
        self.text(tenant)
    }

    /// Adds bytes of a fixed length.
    pub fn fixed(&mut self, bytes: &[u8]) -> &mut Self {
        self.push(bytes);
        self
    }

    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        if let Some(long) = &mut self.long {
            long.update(bytes);
            return;
        }
        let from = usize::from(self.key.length);
        match self.key.bytes.get_mut(from..from + bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.key.length += u8::try_from(bytes.len()).unwrap_or(0);
            }
            None => self.digest(bytes),
        }
    }

    #[cold]
    fn digest(&mut self, more: &[u8]) {
        let mut long = Sha256::new();
        long.update(self.key.as_bytes());
        long.update(more);
        self.long = Some(Box::new(long));
    }

    /// Adds a text; nothing is another text than the empty one.
    pub fn text(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            None => self.push(&[0]),
            Some(text) => {
                self.push(&[1]);
                self.push(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
                self.push(text.as_bytes());
            }
        }
        self
    }

    /// Adds a value with its type.
    pub fn value(&mut self, value: &Value) -> &mut Self {
        match value {
            // The common ones, without a digest in between.
            Value::Text(text) => {
                self.push(&[2]);
                self.text(Some(text))
            }
            Value::Int(int) => {
                self.push(&[3]);
                self.fixed(&int.to_le_bytes())
            }
            Value::Bool(truth) => {
                self.push(&[4]);
                self.fixed(&[u8::from(*truth)])
            }
            other => {
                self.push(&[5]);
                self.fixed(&digest::of_value(other))
            }
        }
    }

    /// Adds several values.
    pub fn values(&mut self, values: &[Value]) -> &mut Self {
        values.iter().fold(self, Self::value)
    }

    /// The key.
    #[must_use]
    pub fn finish(&self) -> Key {
        let Some(long) = &self.long else { return self.key.clone().hashed() };
        let kind = self.key.as_bytes().first().copied().unwrap_or(0);
        let digest = long.clone().finalize();
        let short: Vec<u8> = match self.job {
            None => [&[kind, LONG], digest.as_slice()].concat(),
            Some(known) => {
                let of = known.unwrap_or_else(|| tag(self.named()));
                [&[kind, LONG_OF_JOB], of.as_slice(), digest.as_slice()].concat()
            }
        };
        Key::of(&short).hashed()
    }

    /// How the key names its job, where that fitted.
    fn named(&self) -> &[u8] {
        two_texts(self.key.as_bytes().get(2..).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(parts: &[Option<&str>]) -> Key {
        let mut key = Builder::new(Kind::Job);
        parts.iter().fold(&mut key, |key, part| key.text(*part)).finish()
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(key(&[Some("a"), Some("bc")]), key(&[Some("ab"), Some("c")]));
        assert_ne!(key(&[None, Some("")]), key(&[Some(""), None]));
        assert_ne!(key(&[Some("1")]), Builder::new(Kind::Job).value(&Value::Int(1)).finish());
    }

    #[test]
    fn the_rows_of_a_job_are_known_by_their_keys() {
        let long = "x".repeat(300);
        for (tenant, job) in
            [(None, "j"), (Some("acme"), "case-1"), (Some("acme"), &*long), (Some(&*long), "j")]
        {
            for more in ["", "more", &long] {
                let key = Builder::new(Kind::Tally).of_job(tenant, job).text(Some(more)).finish();
                assert!(key.as_bytes().len() <= MAX_KEY);
                assert!(OfJob::new(tenant, job).has(key.as_bytes()), "{tenant:?} {job} {more}");
                assert!(!OfJob::new(tenant, "other").has(key.as_bytes()));
                assert!(!OfJob::new(Some("other"), job).has(key.as_bytes()));
                let other =
                    Builder::new(Kind::Tally).of_all(tenant).text(Some(job)).text(Some(more)).finish();
                assert!(!OfJob::new(tenant, job).has(other.as_bytes()) && other != key);
            }
        }
    }

    #[test]
    fn long_keys_are_bounded_and_still_differ() {
        let long = "x".repeat(1 << 16);
        let one = key(&[Some(&long)]);
        let other = key(&[Some(&format!("{long}y"))]);
        assert!(one.as_bytes().len() <= MAX_KEY && one != other);
    }
}

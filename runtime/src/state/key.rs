//! Keys of rows: typed, lossless, bounded.

use std::borrow::Borrow;
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

    /// A key of that kind, put together by `parts`.
    #[must_use]
    pub fn build(kind: Kind, parts: impl FnOnce(&mut Builder<'_>)) -> Key {
        let mut key = Key::empty();
        key.fill(kind, parts);
        key
    }

    /// A key that has that hash, whatever its bytes are.
    #[cfg(test)]
    pub(crate) fn with_hash(mut self, hash: u64) -> Key {
        self.hash = hash;
        self
    }

    /// One that `fill` will make something of.
    pub(crate) fn empty() -> Key {
        Key { hash: 0, length: 0, bytes: [0; MAX_KEY] }
    }

    /// Puts an empty one together where it stands.
    #[inline]
    pub(crate) fn fill<T>(&mut self, kind: Kind, parts: impl FnOnce(&mut Builder<'_>) -> T) -> T {
        let mut builder = Builder { key: self, long: None, job: None };
        builder.push(&[kind as u8]);
        let done = parts(&mut builder);
        builder.finish();
        done
    }

    fn set(&mut self, bytes: &[u8]) {
        self.length = 0;
        if let Some(place) = self.bytes.get_mut(..bytes.len()) {
            place.copy_from_slice(bytes);
            self.length = u8::try_from(bytes.len()).unwrap_or(0);
        }
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

/// A key while it is put together, where it will stand.
///
/// Its bytes are kept as they are as long as they fit, and are digested when they do not.
#[derive(Debug)]
pub struct Builder<'k> {
    key: &'k mut Key,
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
            with_size(text, &mut |bytes| named.extend(bytes));
        }
        let tag = tag(&named);
        OfJob { named, tag }
    }

    /// Those of the job that has its own row there.
    #[must_use]
    pub fn named_by(job: &Key) -> Option<OfJob> {
        let (_, named) = job.as_bytes().split_first()?;
        match named.split_first()? {
            // Where its own row has no room for its name, no other one has.
            (&LONG_OF_JOB, tag) => {
                let tag = Tag::try_from(tag.get(..size_of::<Tag>())?).ok()?;
                Some(OfJob { named: Vec::new(), tag })
            }
            (&LONG, _) => None,
            _ => Some(OfJob { named: named.to_vec(), tag: tag(named) }),
        }
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
    // None is one byte; what a short text begins with is one more than its size.
    let text = |at: usize| at + usize::from(rest.get(at).copied().unwrap_or(0)).max(1);
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

/// Writes a text, or none, behind its size: zero for none, one more than the size of a short one, and for a long one 255 and then
/// the size. A text that long is never kept in place, so no key that is kept begins like a digest.
#[inline]
fn with_size(text: Option<&str>, push: &mut impl FnMut(&[u8])) {
    let Some(text) = text else { return push(&[0]) };
    match u8::try_from(text.len()) {
        Ok(size) if size < u8::MAX - 1 => push(&[size + 1]),
        _ => {
            push(&[u8::MAX]);
            push(&(text.len() as u64).to_le_bytes());
        }
    }
    push(text.as_bytes());
}

impl Builder<'_> {
    /// Of a row that belongs to a job, and goes when it is closed. Said first, as the other one.
    pub fn of_job(&mut self, tenant: Option<&str>, job: &str) -> &mut Self {
        self.push(&[OF_JOB]);
        self.text(tenant).text(Some(job));
        self.job = Some(self.long.is_some().then(|| OfJob::new(tenant, job).tag));
        self
    }

    /// Of the own row of a job, which stays when it is closed. Nothing is said beside it.
    pub fn own_of_job(&mut self, tenant: Option<&str>, job: &str) -> &mut Self {
        self.text(tenant).text(Some(job));
        self.job = self.long.is_some().then(|| Some(OfJob::new(tenant, job).tag));
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
        with_size(text, &mut |bytes| self.push(bytes));
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
            Value::Bool(truth) => self.fixed(&[4, u8::from(*truth)]),
            other => {
                self.push(&[5]);
                self.fixed(&digest::of_value(other))
            }
        }
    }

    /// Adds several values.
    pub fn values<V: Borrow<Value>>(&mut self, values: &[V]) -> &mut Self {
        values.iter().fold(self, |key, value| key.value(value.borrow()))
    }

    fn finish(mut self) {
        if let Some(long) = self.long.take() {
            let kind = self.key.as_bytes().first().copied().unwrap_or(0);
            let digest = long.finalize();
            let short: Vec<u8> = match self.job {
                None => [&[kind, LONG], digest.as_slice()].concat(),
                Some(known) => {
                    let of = known.unwrap_or_else(|| tag(self.named()));
                    [&[kind, LONG_OF_JOB], of.as_slice(), digest.as_slice()].concat()
                }
            };
            self.key.set(&short);
        }
        self.key.hash = hash(self.key.as_bytes());
    }

    /// How the key names its job, where that fitted.
    fn named(&self) -> &[u8] {
        two_texts(self.key.as_bytes().get(2..).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;

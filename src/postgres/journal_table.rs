//! `driftless.journal`: the stored form of [`crate::journal`].
//!
//! Start at [`load`] and [`append`]. An entry is appended inside the caller's transaction, with a notification on the channel
//! `driftless` that is delivered at its COMMIT. It never changes or deletes an entry. What could go wrong: two appenders at once would
//! write the same number, so the table is locked first; readers are not stopped by that.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row};

use super::bookkeeping::{self, BookkeepingError, failed_to};
use super::message::Value;
use crate::hash::Checksum;
use crate::journal::{BrokenChain, Effect, Entry, Event, Head, effect_json, event_json, parse_effect};

/// The channel on which every COMMIT with an entry is announced; the payload is the entry's number.
pub const CHANNEL: &str = "driftless";

/// The largest effect that is unpacked, so that a damaged or hostile row cannot fill the memory.
const LARGEST_EFFECT: u64 = 1 << 30;

pub(super) const LOCK: &str = "LOCK TABLE driftless.journal IN SHARE ROW EXCLUSIVE MODE";

/// The end of the journal and the server's clock; works on an empty journal too.
pub(super) const HEAD: &str = "SELECT h.seq, h.hash, \
    pg_catalog.round(EXTRACT(epoch FROM pg_catalog.clock_timestamp()) * 1000)::pg_catalog.int8 AS at \
    FROM (SELECT 1) one LEFT JOIN (SELECT seq, hash FROM driftless.journal ORDER BY seq DESC LIMIT 1) h ON true";

const INSERT: &str = "INSERT INTO driftless.journal (seq, at, event, script, checksum, effect, previous, hash) \
    VALUES ($1, 'epoch'::pg_catalog.timestamptz + $2 * interval '1 millisecond', $3, $4, $5, $6, $7, $8)";

const NOTIFY: &str = "SELECT pg_catalog.pg_notify('driftless', $1)";

const COLUMNS: &str =
    "seq, pg_catalog.round(EXTRACT(epoch FROM at) * 1000)::pg_catalog.int8, event, effect, previous, hash";

/// Every entry, in order, the chain verified. Empty where there is no bookkeeping.
pub async fn load(client: &Client) -> Result<Vec<Entry>, BookkeepingError> {
    if !bookkeeping::exists(client).await? {
        return Ok(Vec::new());
    }
    let entries = page(client, 0, None).await?;
    verify(&entries)?;
    Ok(entries)
}

/// Every entry, where the first ones are known and verified already. What does not continue them is read whole.
pub async fn load_after(client: &Client, known: &[Entry]) -> Result<Vec<Entry>, BookkeepingError> {
    let end = known.last().map_or(Head::EMPTY, Entry::head);
    let new = page(client, end.seq.saturating_sub(1), None).await?;
    match new.split_first() {
        Some((last_known, new)) if end.seq > 0 && last_known.head() == end => {
            new.iter().try_fold(end, |head, entry| entry.verify(head))?;
            Ok(known.iter().chain(new).cloned().collect())
        }
        _ => load(client).await,
    }
}

/// The entries after one, at most `limit` of them.
pub async fn page(client: &Client, after: u64, limit: Option<u32>) -> Result<Vec<Entry>, BookkeepingError> {
    let sql = format!("SELECT {COLUMNS} FROM driftless.journal WHERE seq > $1 ORDER BY seq LIMIT $2");
    let (after, limit) = (i64::try_from(after).unwrap_or(i64::MAX), limit.map(i64::from));
    let rows = client.query_typed(&sql, &[(&after, Type::INT8), (&limit, Type::INT8)]).await;
    rows.map_err(failed_to("read the journal"))?.iter().map(entry).collect()
}

/// What the journal takes on the server's disk, in bytes, its definitions (which are kept compressed) and its index included.
pub async fn size(client: &Client) -> Result<u64, BookkeepingError> {
    const SIZE: &str = "SELECT pg_catalog.pg_total_relation_size('driftless.journal')";
    let rows = client.query_typed(SIZE, &[]).await.map_err(failed_to("ask for the journal's size"))?;
    Ok(rows.first().and_then(|row| u64::try_from(row.get::<_, i64>(0)).ok()).unwrap_or_default())
}

/// The journal's end.
pub async fn head(client: &Client) -> Result<Head, BookkeepingError> {
    if !bookkeeping::exists(client).await? {
        return Ok(Head::EMPTY);
    }
    let rows = client.query_typed(HEAD, &[]).await.map_err(failed_to("read the journal's end"))?;
    Ok(rows.first().map(head_of).transpose()?.unwrap_or((Head::EMPTY, 0)).0)
}

/// Subscribes a connection to [`CHANNEL`].
pub async fn listen(client: &Client) -> Result<(), BookkeepingError> {
    client.batch_execute("LISTEN driftless").await.map_err(failed_to("listen for appliers"))
}

/// Whether the entries follow each other unchanged from the first.
pub fn verify(entries: &[Entry]) -> Result<Head, BrokenChain> {
    entries.iter().try_fold(Head::EMPTY, |head, entry| entry.verify(head))
}

/// Appends an entry inside the caller's transaction.
pub async fn append(client: &Client, event: Event, effect: Effect) -> Result<Entry, BookkeepingError> {
    client.batch_execute(LOCK).await.map_err(failed_to("lock the journal"))?;
    let rows = client.query_typed(HEAD, &[]).await.map_err(failed_to("read the journal's end"))?;
    let (head, at) = rows.first().map(head_of).transpose()?.unwrap_or((Head::EMPTY, 0));
    let stored = Stored::of(Entry::after(head, at, event, effect))?;
    client.execute_typed(INSERT, &stored.parameters()).await.map_err(failed_to("write the journal"))?;
    let announced = client.execute_typed(NOTIFY, &[(&stored.payload, Type::TEXT)]).await;
    announced.map_err(failed_to("announce the journal's entry"))?;
    Ok(stored.entry)
}

/// Appends an entry without effect in a transaction of its own (an approval, a word to go on).
pub async fn append_alone(client: &mut Client, event: Event) -> Result<Entry, BookkeepingError> {
    let what = "write the journal";
    let transaction = client.transaction().await.map_err(failed_to(what))?;
    let entry = append(transaction.client(), event, Effect::new()).await?;
    transaction.commit().await.map_err(failed_to(what))?;
    Ok(entry)
}

/// An entry with its parameters for the table.
pub(super) struct Stored {
    pub(super) entry: Entry,
    seq: i64,
    event: String,
    script: Option<String>,
    checksum: Option<String>,
    effect: Option<Vec<u8>>,
    previous: Vec<u8>,
    hash: Vec<u8>,
    payload: String,
}

impl Stored {
    pub(super) const INSERT: &'static str = INSERT;

    pub(super) fn of(entry: Entry) -> Result<Self, BookkeepingError> {
        let unreadable = |reason: String| BookkeepingError::Unreadable { what: "a journal entry".into(), reason };
        let (script, checksum) = subject(&entry.event);
        Ok(Self {
            seq: i64::try_from(entry.seq).map_err(|error| unreadable(error.to_string()))?,
            event: event_json(&entry.event),
            script,
            checksum: checksum.map(|checksum| checksum.to_string()),
            effect: pack(&entry.effect).map_err(|error| unreadable(error.to_string()))?,
            previous: entry.previous.0.to_vec(),
            hash: entry.hash.0.to_vec(),
            payload: entry.seq.to_string(),
            entry,
        })
    }

    pub(super) fn parameters(&self) -> [(&(dyn ToSql + Sync), Type); 8] {
        [
            (&self.seq, Type::INT8),
            (&self.entry.at, Type::INT8),
            (&self.event, Type::TEXT),
            (&self.script, Type::TEXT),
            (&self.checksum, Type::TEXT),
            (&self.effect, Type::BYTEA),
            (&self.previous, Type::BYTEA),
            (&self.hash, Type::BYTEA),
        ]
    }

    /// The same, to be spelled out.
    pub(super) fn values(&self) -> [Value<'_>; 8] {
        [
            Value::Number(self.seq),
            Value::Number(self.entry.at),
            Value::Text(&self.event),
            Value::text(self.script.as_deref()),
            Value::text(self.checksum.as_deref()),
            self.effect.as_deref().map_or(Value::Null, Value::Bytes),
            Value::Bytes(&self.previous),
            Value::Bytes(&self.hash),
        ]
    }
}

/// Script and checksum, for people who look into the table.
fn subject(event: &Event) -> (Option<String>, Option<Checksum>) {
    match event {
        Event::Applied { script, checksum, .. }
        | Event::Approved { script, checksum, .. }
        | Event::Repaired { script, checksum } => (Some(script.to_string()), Some(*checksum)),
        Event::Renamed { to, .. } => (Some(to.to_string()), None),
        Event::Marked { script, checksum } => (Some(script.clone()), *checksum),
        Event::Baseline { .. }
        | Event::Drift
        | Event::Reset
        | Event::Resumed { .. }
        | Event::Settled
        | Event::Restored { .. } => (None, None),
    }
}

/// The journal's end and the server's clock in milliseconds, from a row of [`HEAD`].
pub(super) fn head_of(row: &Row) -> Result<(Head, i64), BookkeepingError> {
    let at = row.get(2);
    let Some(seq) = row.get::<_, Option<i64>>(0) else {
        return Ok((Head::EMPTY, at));
    };
    let head = Head { seq: number(seq)?, hash: hash(seq, row.get(1))? };
    Ok((head, at))
}

/// The journal's end from its number and the digits of its hash.
pub(super) fn head_in_words(seq: Option<i64>, digits: Option<&str>) -> Result<Head, BookkeepingError> {
    let Some(seq) = seq else { return Ok(Head::EMPTY) };
    let hash = digits.unwrap_or_default().parse();
    let hash = hash.map_err(|error: crate::hash::InvalidHash| BookkeepingError::Unreadable {
        what: format!("journal entry {seq}"),
        reason: error.to_string(),
    })?;
    Ok(Head { seq: number(seq)?, hash })
}

fn entry(row: &Row) -> Result<Entry, BookkeepingError> {
    let seq: i64 = row.get(0);
    let event = serde_json::from_str(row.get(2)).map_err(|error| BookkeepingError::Unreadable {
        what: format!("journal entry {seq}"),
        reason: error.to_string(),
    })?;
    let effect = match row.get::<_, Option<&[u8]>>(3) {
        None => Effect::new(),
        Some(bytes) => unpack(bytes).map_err(|reason| BrokenChain::Effect { seq: seq.unsigned_abs(), reason })?,
    };
    Ok(Entry {
        seq: number(seq)?,
        at: row.get(1),
        event,
        effect: Arc::new(effect),
        previous: hash(seq, row.get(4))?,
        hash: hash(seq, row.get(5))?,
    })
}

fn number(seq: i64) -> Result<u64, BookkeepingError> {
    u64::try_from(seq).map_err(|error| BookkeepingError::Unreadable {
        what: format!("journal entry {seq}"),
        reason: error.to_string(),
    })
}

fn hash(seq: i64, bytes: &[u8]) -> Result<crate::hash::ChainHash, BookkeepingError> {
    bytes.try_into().map_err(|error: crate::hash::InvalidHash| BookkeepingError::Unreadable {
        what: format!("journal entry {seq}"),
        reason: error.to_string(),
    })
}

fn pack(effect: &Effect) -> std::io::Result<Option<Vec<u8>>> {
    if effect.is_empty() {
        return Ok(None);
    }
    let json = effect_json(effect);
    if json.len() <= STORED_AS_IT_IS {
        return Ok(Some(stored(json.as_bytes())));
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(json.as_bytes())?;
    encoder.finish().map(Some)
}

/// Setting up a compressor takes longer than everything else about a small effect. PostgreSQL packs what is worth it by itself.
const STORED_AS_IT_IS: usize = 16 << 10;

/// A zlib stream of one block that is not compressed (RFC 1950, RFC 1951): at most 65,535 bytes.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("small effects are shorter than that");
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(bytes);
    stream.extend((b << 16 | a).to_be_bytes());
    stream
}

fn unpack(bytes: &[u8]) -> Result<Effect, String> {
    let mut json = String::new();
    let read = ZlibDecoder::new(bytes).take(LARGEST_EFFECT).read_to_string(&mut json);
    read.map_err(|error| error.to_string())?;
    parse_effect(&json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;
    use crate::journal::Touched;
    use crate::schema::{Attributes, FactId, Kind};

    #[test]
    fn an_effect_survives_its_packing() {
        let touched = |definition| Touched { before: Some(Digest::of(b"a")), after: None, definition };
        let effect = Effect::from([
            (FactId::new(Kind::Table, "public.订单"), touched(None)),
            (FactId::new(Kind::Column, "public.订单.状态"), touched(Some(Attributes::new()))),
        ]);
        let packed = pack(&effect).expect("memory does not fail").expect("it is not empty");
        assert_eq!(unpack(&packed), Ok(effect));
        let many = (0..1_000).map(|n| (FactId::new(Kind::Table, format!("public.t{n}")), touched(None)));
        let large = Effect::from_iter(many);
        let packed = pack(&large).expect("memory does not fail").expect("it is not empty");
        assert!(packed.len() < STORED_AS_IT_IS, "{} bytes", packed.len());
        assert_eq!(unpack(&packed), Ok(large));
        assert_eq!(pack(&Effect::new()).expect("memory does not fail"), None);
        assert!(unpack(b"no zlib").is_err());
    }
}

//! The laws of `driftless::fuzzing` on the seeds of `fuzz/seeds` and on seeded mutations of them: the bounded run of what the fuzz
//! targets do without end.

use std::fs;
use std::path::Path;

use driftless::fuzzing::TARGETS;

/// Mutations of all seeds of a target together; `DRIFTLESS_FUZZ` in the environment asks for another number.
const MUTATIONS: usize = 6_000;

fn mutations_of_each(seeds: usize) -> usize {
    let all = std::env::var("DRIFTLESS_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(MUTATIONS);
    all.div_ceil(seeds)
}

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// Bytes changed, cut, doubled, put in, and parts of another seed spliced in.
fn mutated(seed: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    const TELLING: [&[u8]; 14] = [
        b"'",
        b"$$",
        b"/*",
        b"*/",
        b"--",
        b"\"",
        b"\\",
        b";",
        b"\0",
        b"\xff\xfe",
        b"\xe2\x80\xae",
        b"\r\n",
        b"_",
        b"\x80",
    ];
    let mut bytes = seed.to_vec();
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(bytes.len() + 1);
        match numbers.below(6) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(numbers.below(256)).unwrap(),
            1 => bytes.truncate(at),
            2 => drop(bytes.splice(at..at, TELLING[numbers.below(TELLING.len())].iter().copied())),
            3 => {
                let end = (at + numbers.below(20)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            4 => {
                let from = numbers.below(other.len() + 1);
                let end = (from + numbers.below(40)).min(other.len());
                bytes.splice(at..at, other[from..end].iter().copied());
            }
            _ if at < bytes.len() => drop(bytes.drain(at..(at + numbers.below(8)).min(bytes.len()))),
            _ => {}
        }
    }
    bytes
}

#[test]
fn the_laws_hold_for_seeds_and_their_mutations() {
    for (name, law) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
        let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let seeds: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
        assert!(seeds.len() >= 4, "{name} has seeds");
        let mut numbers = Numbers(2_026);
        for (file, seed) in files.iter().zip(&seeds) {
            let run = |bytes: &[u8]| {
                let held = std::panic::catch_unwind(|| law(bytes));
                assert!(held.is_ok(), "{} and its mutation: {:?}", file.display(), String::from_utf8_lossy(bytes));
            };
            run(seed);
            for _ in 0..mutations_of_each(seeds.len()) {
                let other = &seeds[numbers.below(seeds.len())];
                run(&mutated(seed, other, &mut numbers));
            }
        }
    }
}

//! Reads a state file.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use super::error::{Problem, StateError};
use super::line::{self, Line};
use crate::clock::Reading;
use crate::world::World;

/// The content of a state file.
pub(super) struct Loaded {
    pub(super) world: World,
    pub(super) clock: Reading,
    /// The length of its valid part in bytes; the rest was only partly written.
    pub(super) good: u64,
    pub(super) torn: u64,
    /// The checksum of its last valid line.
    pub(super) last: u32,
}

/// Reads a state file. An incomplete last line is ignored, because its call never got a response.
pub(super) fn load(path: &Path, file: &File) -> Result<Loaded, StateError> {
    let fail = |problem| StateError::new(path, problem);
    let io_error = |error: io::Error| StateError::new(path, Problem::Io(error));
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut text = Vec::new();
    io::Read::take(&mut reader, 256)
        .read_until(b'\n', &mut text)
        .map_err(io_error)?;
    match line::format_of(&text) {
        None => return Err(fail(Problem::NoState)),
        Some(line::FORMAT) => {}
        Some(format) => {
            let known = line::FORMAT;
            return Err(fail(Problem::OtherFormat { format, known }));
        }
    }
    let mut place = Place {
        line: 1,
        offset: text.len() as u64,
    };
    let mut world: Option<World> = None;
    let mut clock = None;
    let mut is_complete = false;
    let mut last = line::FIRST;
    loop {
        text.clear();
        if reader.read_until(b'\n', &mut text).map_err(io_error)? == 0 {
            break;
        }
        place.line += 1;
        let Some(good) = line::checked(&text) else {
            let torn = torn_bytes(&mut reader, text).map_err(io_error)?;
            return match torn {
                None => Err(fail(place.damaged(&"its checksum is wrong"))),
                Some(_) if !is_complete => Err(fail(Problem::Unfinished)),
                Some(torn) => finish(world, clock, place.offset, torn, last)
                    .ok_or_else(|| fail(Problem::Unfinished)),
            };
        };
        if good.before != last {
            let why = "an earlier line is missing, duplicated or out of order";
            return Err(fail(place.damaged(&why)));
        }
        last = good.sum;
        let line: Line<'_> =
            serde_json::from_slice(good.json).map_err(|error| fail(place.damaged(&error)))?;
        if let Some(rest) = line.rest {
            clock = Some(rest.clock);
            let administrator = rest.administrator;
            let world = world.get_or_insert_with(|| World::empty(administrator.clone()));
            world.administrator = administrator;
            world.follow(&rest.customers);
        }
        let Some(world) = &mut world else {
            return Err(fail(place.damaged(&"nothing says whose world it is")));
        };
        for change in &line.changes {
            world
                .restore(change)
                .map_err(|error| fail(place.damaged(&error)))?;
        }
        is_complete |= line.snapshot_ends;
        place.offset += text.len() as u64;
    }
    if !is_complete {
        return Err(fail(Problem::Unfinished));
    }
    finish(world, clock, place.offset, 0, last).ok_or_else(|| fail(Problem::Unfinished))
}

struct Place {
    line: u64,
    offset: u64,
}

impl Place {
    fn damaged(&self, why: &dyn Display) -> Problem {
        Problem::Damaged {
            line: self.line,
            offset: self.offset,
            why: why.to_string(),
        }
    }
}

/// Counts the bytes after an invalid line, unless there is a valid line among them.
fn torn_bytes(reader: &mut impl BufRead, bad: Vec<u8>) -> io::Result<Option<u64>> {
    let mut count = 0;
    let mut text = bad;
    loop {
        if line::holds_good_line(&text) {
            return Ok(None);
        }
        count += text.len() as u64;
        text.clear();
        if reader.read_until(b'\n', &mut text)? == 0 {
            return Ok(Some(count));
        }
    }
}

fn finish(
    world: Option<World>,
    clock: Option<Reading>,
    good: u64,
    torn: u64,
    last: u32,
) -> Option<Loaded> {
    let mut world = world?;
    world.reorder();
    world.settle();
    Some(Loaded {
        world,
        clock: clock?,
        good,
        torn,
        last,
    })
}

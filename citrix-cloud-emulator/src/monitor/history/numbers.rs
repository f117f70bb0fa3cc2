//! Keys that encode where their row is, so that nothing has to be stored to find it again.

use uuid::{Builder, Uuid};

use super::random::hash;

/// The location of a session: its start day, its machine, and its number within that day and machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) day: i32,
    pub(crate) machine: u32,
    pub(crate) number: u8,
}

const DAY_BITS: u32 = 20;
const MACHINE_BITS: u32 = 28;
const BITS: u32 = DAY_BITS + MACHINE_BITS + 8;
const MASK: u64 = (1 << BITS) - 1;
/// An odd factor, and its inverse modulo two to the power of [`BITS`].
const SPREAD: u64 = 0x00b5_26d1_a7c3_9e5f;

/// Computes the modular inverse of an odd number; each round doubles the number of correct bits.
const fn inverse(of: u64) -> u64 {
    let (mut found, mut round) = (of, 0);
    while round < 6 {
        found = found.wrapping_mul(2_u64.wrapping_sub(of.wrapping_mul(found)));
        round += 1;
    }
    found
}

const GATHER: u64 = inverse(SPREAD);

/// Encodes the key of a session.
pub(crate) fn session_key(seed: u64, place: Place) -> Uuid {
    let day = u64::from(place.day.unsigned_abs()) & ((1 << DAY_BITS) - 1);
    let machine = u64::from(place.machine) & ((1 << MACHINE_BITS) - 1);
    let packed = (day << (MACHINE_BITS + 8)) | (machine << 8) | u64::from(place.number);
    let spread = packed.wrapping_mul(SPREAD) & MASK;
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&spread.to_le_bytes()[..4]);
    bytes[9..12].copy_from_slice(&spread.to_le_bytes()[4..7]);
    let check = hash(&[seed, spread]).to_le_bytes();
    bytes[4..9].copy_from_slice(&check[..5]);
    bytes[12..].copy_from_slice(&check[4..]);
    Builder::from_random_bytes(bytes).into_uuid()
}

/// Decodes the location of a session from its key, if the key was made here.
pub(crate) fn place_of(seed: u64, key: Uuid) -> Option<Place> {
    let bytes = key.as_bytes();
    let mut spread = [0; 8];
    spread[..4].copy_from_slice(&bytes[..4]);
    spread[4..7].copy_from_slice(&bytes[9..12]);
    let packed = u64::from_le_bytes(spread).wrapping_mul(GATHER) & MASK;
    let place = Place {
        day: i32::try_from(packed >> (MACHINE_BITS + 8)).ok()?,
        machine: u32::try_from((packed >> 8) & ((1 << MACHINE_BITS) - 1)).ok()?,
        number: u8::try_from(packed & 0xff).ok()?,
    };
    (session_key(seed, place) == key).then_some(place)
}

/// Marks the numbers of real events, as opposed to generated ones.
const LIVE: i64 = 1 << 51;

/// Encodes the number of a session's n-th object. It is below 2^52, which every JSON parser accepts.
pub(crate) fn number_of(place: Place, nth: u32) -> i64 {
    let day = i64::from(place.day) << 35;
    let machine = i64::from(place.machine & 0xff_ffff) << 11;
    day | machine | (i64::from(place.number & 0x1f) << 6) | i64::from(nth & 0x3f)
}

/// Decodes the location from such a number.
pub(crate) fn place_of_number(number: i64) -> Option<Place> {
    (number & LIVE == 0 && number > 0).then(|| Place {
        day: i32::try_from(number >> 35).unwrap_or(0),
        machine: u32::try_from((number >> 11) & 0xff_ffff).unwrap_or(0),
        number: u8::try_from((number >> 6) & 0x1f).unwrap_or(0),
    })
}

/// Encodes the number of the n-th object of a session in the world.
pub(crate) fn live_number(session: u64, nth: u32) -> i64 {
    LIVE | (i64::try_from(session).unwrap_or(0) << 6) | i64::from(nth & 0x3f)
}

/// Decodes the session in the world from such a number.
pub(crate) fn live_of_number(number: i64) -> Option<u64> {
    let session = (number & (LIVE - 1)) >> 6;
    (number & LIVE != 0).then(|| u64::try_from(session).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_back_to_its_session_and_a_foreign_one_nowhere() {
        for (day, machine, number) in [(1, 1, 0), (20_458, 100_000, 31), (20_459, 7, 255)] {
            let place = Place {
                day,
                machine,
                number,
            };
            let key = session_key(7, place);
            assert_eq!(place_of(7, key), Some(place));
            assert_eq!(place_of(8, key), None);
            assert_eq!(key.get_version_num(), 4);
        }
        assert_eq!(place_of(7, Uuid::new_v4()), None);
    }

    #[test]
    fn a_number_leads_back_to_its_session() {
        let place = Place {
            day: 20_458,
            machine: 100_000,
            number: 30,
        };
        let number = number_of(place, 5);
        assert_eq!(place_of_number(number), Some(place));
        assert_eq!(live_of_number(number), None);
        assert!(number < 1 << 53);
        assert_eq!(live_of_number(live_number(77, 3)), Some(77));
        assert_eq!(place_of_number(live_number(77, 3)), None);
    }
}

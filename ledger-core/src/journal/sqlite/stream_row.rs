//! A row of the index: events that follow one another in a stream.

use super::tail::Place;
use crate::journal::JournalError;

/// Events of a stream in one row.
pub(super) const EVENTS_MAX: usize = 1_000;

/// Positions of events that follow one another in a stream: the first, then each one's distance to the one before.
pub(super) fn encode(places: &[Place]) -> Result<Vec<u8>, JournalError> {
    let mut before = 0;
    let distances: Vec<u64> =
        places.iter().map(|place| place.position - std::mem::replace(&mut before, place.position)).collect();
    rmp_serde::to_vec(&distances).map_err(|error| JournalError::Unavailable(error.to_string()))
}

/// The events of a row, in order; none where these bytes are no row.
pub(super) fn decode(stream_no: u64, last: u64, positions: &[u8]) -> Option<Vec<Place>> {
    let distances: Vec<u64> = rmp_serde::from_slice(positions).ok()?;
    let count = u64::try_from(distances.len()).ok()?;
    let (mut sequence, mut position) = (last.checked_sub(count)?, 0_u64);
    distances
        .into_iter()
        .map(|distance| {
            sequence += 1;
            position = position.checked_add(distance)?;
            Some(Place { stream_no, sequence, position })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{EVENTS_MAX, decode, encode};
    use crate::journal::sqlite::tail::Place;

    proptest! {
        #[test]
        fn a_row_gives_back_its_events(first in 1_u64..1 << 40, gaps in prop::collection::vec(1_u64..1 << 30, 0..EVENTS_MAX)) {
            let mut places = vec![Place { stream_no: 7, sequence: 12, position: first }];
            for gap in gaps {
                let Place { sequence, position, .. } = places[places.len() - 1];
                places.push(Place { stream_no: 7, sequence: sequence + 1, position: position + gap });
            }
            let last = places[places.len() - 1].sequence;
            prop_assert_eq!(decode(7, last, &encode(&places).expect("a row")), Some(places));
        }

        #[test]
        fn bytes_that_are_no_row_are_refused_and_nothing_worse(last in any::<u64>(), bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Some(places) = decode(7, last, &bytes) {
                prop_assert!(places.last().is_none_or(|place| place.sequence == last));
            }
        }
    }

    #[test]
    fn a_row_that_claims_more_events_than_its_stream_has_is_refused() {
        let places =
            [Place { stream_no: 7, sequence: 1, position: 5 }, Place { stream_no: 7, sequence: 2, position: 6 }];
        let bytes = encode(&places).expect("a row");
        assert_eq!(decode(7, 1, &bytes), None);
        assert_eq!(decode(7, u64::MAX, &rmp_serde::to_vec(&[u64::MAX, 1]).expect("numbers")), None);
    }
}

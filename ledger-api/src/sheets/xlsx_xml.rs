//! The XML of a workbook's part as a stream of events. Owns the bounds on depth and length that keep a crafted part
//! from filling the memory, and what text inside an element means. Knows no element names.

use std::borrow::Cow;

use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::cell::CappedText;
use super::error::Flaw;
use super::xlsx_parts::Part;

/// The parser keeps the names of all open elements; honest parts nest less than twenty deep.
const DEPTH_MAX: usize = 64;

/// A part while it is parsed.
pub(super) struct XmlPart<'z> {
    reader: Reader<Part<'z>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<'z> XmlPart<'z> {
    pub(super) fn new(part: Part<'z>) -> XmlPart<'z> {
        let mut reader = Reader::from_reader(part);
        let config = reader.config_mut();
        // One form for `<c/>` and `<c></c>`.
        config.expand_empty_elements = true;
        config.check_end_names = true;
        config.trim_text(false);
        XmlPart { reader, buffer: Vec::new(), depth: 0 }
    }

    /// The next event. [`Event::Empty`] never comes: an empty element is a start and an end.
    pub(super) fn next(&mut self) -> Result<Event<'_>, Flaw> {
        self.buffer.clear();
        self.reader.get_mut().start_piece();
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => {
                match event {
                    Event::Start(_) => self.depth = self.depth.saturating_add(1),
                    Event::End(_) => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                if self.depth > DEPTH_MAX {
                    return Err(Flaw::Damaged("elements are nested too deeply".to_owned()));
                }
                Ok(event)
            }
            Err(error) => Err(self.reader.get_mut().flaw(&error)),
        }
    }

    /// Passes over the element whose start was the last event.
    pub(super) fn skip_element(&mut self) -> Result<(), Flaw> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if matches!(self.next()?, Event::Eof) {
                return Err(cut_off());
            }
        }
        Ok(())
    }

    /// The text of the element whose start was the last event, without that of elements inside it.
    pub(super) fn element_text(&mut self, text: &mut CappedText) -> Result<(), Flaw> {
        let inside = self.depth;
        while self.depth >= inside {
            let own = self.depth == inside;
            match self.next()? {
                Event::Text(piece) if own => text.push(&piece.xml10_content()),
                Event::CData(piece) if own => text.push(&piece.xml10_content()),
                Event::GeneralRef(reference) if own => push_reference(text, &reference),
                Event::Eof => return Err(cut_off()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The part ends inside an element.
pub(super) fn cut_off() -> Flaw {
    Flaw::Damaged("the workbook is cut off".to_owned())
}

fn push_reference(text: &mut CappedText, reference: &BytesRef<'_>) {
    let character = match reference.as_ref() {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        // Entities of one's own are not expanded: no workbook has them, and bombs are made of them.
        _ => reference.resolve_char_ref().ok().flatten(),
    };
    let mut bytes = [0; 4];
    text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut bytes));
}

/// Calls `found` with the local name and the raw value of each attribute.
pub(super) fn each_attribute<'e>(
    element: &'e BytesStart<'_>,
    mut found: impl FnMut(&str, &Attribute<'e>),
) -> Result<(), Flaw> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| Flaw::Damaged(error.to_string()))?;
        found(attribute.key.local_name().as_ref(), &attribute);
    }
    Ok(())
}

/// The value of an attribute, its references resolved.
pub(super) fn attribute_value<'e>(attribute: &Attribute<'e>) -> Cow<'e, str> {
    attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_else(|_| attribute.value.clone())
}

impl std::fmt::Debug for XmlPart<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("XmlPart").field("depth", &self.depth).finish_non_exhaustive()
    }
}

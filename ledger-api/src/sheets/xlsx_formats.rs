//! Number formats: whether the number in a cell is shown as a date. Owns reading styles.xml, and telling the date
//! formats of any locale by their codes.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::cell::NumberFormat;
use super::error::Flaw;
use super::xlsx_xml::{XmlPart, attribute_value, each_attribute};

/// As many as a spreadsheet program allows; more are not needed to read any of its cells.
const STYLES_MAX: usize = 65_536;

/// The kind of number that each style of a cell shows, by the style's index.
#[derive(Debug, Default)]
pub(super) struct CellFormats(Vec<NumberFormat>);

impl CellFormats {
    pub(super) fn read(mut xml: XmlPart<'_>) -> Result<CellFormats, Flaw> {
        let mut own: BTreeMap<u32, NumberFormat> = BTreeMap::new();
        let mut formats = Vec::new();
        let mut in_cell_formats = false;
        loop {
            match xml.next()? {
                Event::Start(start) => match start.local_name().as_ref() {
                    "numFmt" => {
                        let (mut id, mut format) = (None, None);
                        each_attribute(&start, |name, attribute| match name {
                            "numFmtId" => id = attribute.value.parse::<u32>().ok(),
                            "formatCode" => format = Some(format_of_code(&attribute_value(attribute))),
                            _ => {}
                        })?;
                        if let (Some(id), Some(format)) = (id, format)
                            && own.len() < STYLES_MAX
                        {
                            own.insert(id, format);
                        }
                    }
                    "cellXfs" => in_cell_formats = true,
                    "xf" if in_cell_formats && formats.len() < STYLES_MAX => {
                        let mut id = 0;
                        each_attribute(&start, |name, attribute| {
                            if name == "numFmtId" {
                                id = attribute.value.parse::<u32>().unwrap_or(0);
                            }
                        })?;
                        formats.push(own.get(&id).copied().unwrap_or(built_in_format(id)));
                    }
                    _ => {}
                },
                Event::End(end) if end.local_name().as_ref() == "cellXfs" => in_cell_formats = false,
                Event::Eof => return Ok(CellFormats(formats)),
                _ => {}
            }
        }
    }

    pub(super) fn of_style(&self, style: usize) -> NumberFormat {
        self.0.get(style).copied().unwrap_or(NumberFormat::Plain)
    }
}

/// The formats that need no code in the file. 27 to 36 and 50 to 58 are the dates and times of East Asian editions.
fn built_in_format(id: u32) -> NumberFormat {
    match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => NumberFormat::Moment,
        46 => NumberFormat::Duration,
        _ => NumberFormat::Plain,
    }
}

/// What a format code shows. Only its first section counts: the others are for negative numbers, zero and text.
fn format_of_code(code: &str) -> NumberFormat {
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        match character.to_ascii_lowercase() {
            // The next character is shown as it is, skipped over, or repeated.
            '\\' | '_' | '*' => {
                characters.next();
            }
            '"' => {
                characters.by_ref().find(|quoted| *quoted == '"');
            }
            '[' => {
                let inside: String = characters.by_ref().take_while(|inner| *inner != ']').collect();
                if is_elapsed(&inside) {
                    return NumberFormat::Duration;
                }
            }
            ';' => return NumberFormat::Plain,
            'y' | 'm' | 'd' | 'h' | 's' => return NumberFormat::Moment,
            _ => {}
        }
    }
    NumberFormat::Plain
}

/// `[h]`, `[mm]`, `[s]`: time that passes a day or an hour. Other brackets hold colours, locales and conditions.
fn is_elapsed(inside: &str) -> bool {
    let inside = inside.to_ascii_lowercase();
    ["h", "m", "s"].iter().any(|unit| !inside.is_empty() && inside.split(unit).all(str::is_empty))
}

#[cfg(test)]
mod tests {
    use super::{NumberFormat, built_in_format, format_of_code};

    #[test]
    fn date_formats_of_any_locale_are_known_by_their_codes() {
        for code in [
            "yyyy-mm-dd h:mm:ss",
            "yyyy\"年\"m\"月\"d\"日\";@",
            "[$-804]yyyy/m/d",
            "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
            "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"",
            "m/d/yy",
            "YYYY-MM-DD",
            "h:mm AM/PM",
            "\\第d",
        ] {
            assert_eq!(format_of_code(code), NumberFormat::Moment, "{code}");
        }
        for code in ["[h]:mm:ss", "[mm]:ss", "[H]\"小时\""] {
            assert_eq!(format_of_code(code), NumberFormat::Duration, "{code}");
        }
    }

    #[test]
    fn number_formats_are_not_dates() {
        for code in [
            "General",
            "0.00",
            "#,##0",
            "@",
            "0.00E+00",
            "0\"days\"",
            "[Red]0",
            "\"小时hms\"0",
            "0_d",
            "0*s",
            "0\\h",
            "0;yyyy",
            "[$kr-414] 0",
            "[>100]0;0",
            "\"",
            "[",
            "\\",
            "",
        ] {
            assert_eq!(format_of_code(code), NumberFormat::Plain, "{code}");
        }
    }

    #[test]
    fn built_in_formats_are_known_by_number() {
        assert_eq!(built_in_format(14), NumberFormat::Moment);
        assert_eq!(built_in_format(31), NumberFormat::Moment);
        assert_eq!(built_in_format(46), NumberFormat::Duration);
        assert_eq!(built_in_format(2), NumberFormat::Plain);
        assert_eq!(built_in_format(49), NumberFormat::Plain);
    }
}

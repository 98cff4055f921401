//! The files of the page: Swagger UI as it is published, but for how it starts and for what keeps people from reading it.

use std::io::{Cursor, Read};

use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;
use zip::result::ZipResult;

/// Where the page puts what it shows, as it is published, and as the page's main part for whoever reads it by ear.
const PLACE: (&str, &str) = ("<div id=\"swagger-ui\"></div>", "<main id=\"swagger-ui\"></main>");
/// What follows the page's last style sheet, so that it is read with weak eyes.
const READABLE: &str = include_str!("readable.css");
/// How the page starts.
const INITIALIZER: &str = include_str!("initializer.js");

/// A file of the page.
pub(super) struct PageFile {
    pub(super) content_type: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// The file of that name; none where the page has none of it. The page itself has no name.
///
/// # Errors
/// When the archive within the program cannot be read.
pub(super) fn file(name: &str) -> ZipResult<Option<PageFile>> {
    let name = if name.is_empty() { "index.html" } else { name };
    let Some(content_type) = content_type(name) else { return Ok(None) };
    if name == "swagger-initializer.js" {
        return Ok(Some(PageFile { content_type, bytes: INITIALIZER.into() }));
    }
    let Some(published) = published(name)? else { return Ok(None) };
    let bytes = match name {
        "index.html" => String::from_utf8_lossy(&published).replace(PLACE.0, PLACE.1).into_bytes(),
        "index.css" => [&published, READABLE.as_bytes()].concat(),
        _ => published,
    };
    Ok(Some(PageFile { content_type, bytes }))
}

/// Looked up each time: who writes programs reads this page now and then, and all of it would take four megabytes for good.
fn published(name: &str) -> ZipResult<Option<Vec<u8>>> {
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    // Below a folder that is named by its version.
    let at = (0..archive.len()).find(|at| {
        let full = archive.name_for_index(*at).and_then(Result::ok);
        full.is_some_and(|full| full.split_once('/').and_then(|(_, path)| path.strip_prefix("dist/")) == Some(name))
    });
    let Some(at) = at else { return Ok(None) };
    let mut bytes = Vec::new();
    archive.by_index(at)?.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn content_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    match ending {
        "html" => Some("text/html"),
        "css" => Some("text/css"),
        "js" => Some("text/javascript"),
        "png" => Some("image/png"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{PLACE, READABLE, file};

    fn served(name: &str) -> String {
        String::from_utf8(file(name).unwrap().unwrap().bytes).unwrap()
    }

    #[test]
    fn the_page_has_a_main_part_and_its_style_sheet_ends_with_ours() {
        for page in ["", "index.html"] {
            let page = served(page);
            assert!(page.contains(PLACE.1) && !page.contains(PLACE.0), "{page}");
            // The last sheet is the one that ours is added to.
            let sheets: Vec<&str> = page.split("rel=\"stylesheet\"").skip(1).collect();
            assert!(sheets.last().is_some_and(|last| last.contains("href=\"index.css\"")), "{page}");
        }
        assert!(served("index.css").ends_with(READABLE));
    }

    #[test]
    fn all_that_the_page_names_is_there_and_nothing_else() {
        let page = served("");
        let named: Vec<&str> = page
            .split('"')
            .filter(|word| word.ends_with(".js") || word.ends_with(".css") || word.ends_with(".png"))
            .collect();
        assert!(named.len() >= 5, "{page}");
        for name in named {
            let name = name.trim_start_matches("./");
            assert!(file(name).unwrap().is_some_and(|file| !file.bytes.is_empty()), "{name}");
        }
        for name in ["../package.json", "package.json", "dist/index.html", "no.js", "/", "index"] {
            assert!(file(name).unwrap().is_none(), "{name}");
        }
    }

    #[test]
    fn what_the_page_starts_with_stands_in_what_is_published() {
        let bundle = served("swagger-ui-bundle.js");
        for word in ["deepLinking", "displayRequestDuration", "validatorUrl", "BaseLayout", "defaultModelsExpandDepth"]
        {
            assert!(served("swagger-initializer.js").contains(word) && bundle.contains(word), "{word}");
        }
    }
}

//! What a page looks like on a screen and on paper, and whether two pictures show the same.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Browser;

/// How much of a long page a picture keeps, in pixels of the page.
const TALLEST: u64 = 2_600;
/// Draws both pictures at the size of the kept one, cuts them into cells and compares what the cells look like on the whole:
/// how letters are smoothed differs from one build of a browser to the next, where they stand does not.
const COMPARE: &str = include_str!("compare.js");

/// How far a page is from its picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// By how many pixels it is taller, or less tall where negative.
    pub taller: i64,
    /// How far cells differ on the whole, of 255.
    pub mean: f64,
    /// How many of a thousand cells look different.
    pub cells: f64,
    /// Where the first of those are, in pixels of the page.
    pub at: String,
}

impl Browser {
    /// Gives the page a cookie.
    pub fn set_cookie(&mut self, url: &str, name: &str, value: &str) {
        self.call("Network.setCookie", json!({"url": url, "name": name, "value": value}));
    }

    /// Gives the page a screen of this width whose pixels are those of the page.
    pub fn set_screen_for_pictures(&mut self, width: u64) {
        self.set_screen_of(width, 900);
    }

    fn set_screen_of(&mut self, width: u64, height: u64) {
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.call("Emulation.setDeviceMetricsOverride", screen);
    }

    /// The whole page from top to bottom, however tall, as PNG in base64; what is below the tallest is cut off.
    pub fn whole_picture(&mut self) -> String {
        let measures = self.call("Page.getLayoutMetrics", json!({}));
        let height = measures["cssContentSize"]["height"].as_f64().unwrap_or(900.0);
        let width = measures["cssLayoutViewport"]["clientWidth"].as_u64().expect("a width");
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a page's height in pixels")]
        let height = (height.ceil() as u64).clamp(900, TALLEST);
        // What sticks to an edge of the screen is at the end of the page, not in its middle.
        self.set_screen_of(width, height);
        // The page is laid out for that screen in its own time, which is later on a busy machine.
        let laid_out = format!(
            "(async () => {{ for (let left = 200; left > 0 && innerHeight !== {height}; left--) await new Promise((done) => setTimeout(done, 10));
                await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); return 0; }})()"
        );
        self.eval(&laid_out);
        let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
        // It is compared and mostly thrown away: small it need not be.
        let asked = json!({"format": "png", "captureBeyondViewport": true, "clip": clip, "optimizeForSpeed": true});
        let picture = self.call("Page.captureScreenshot", asked);
        picture["data"].as_str().expect("a picture").to_owned()
    }

    /// A picture at half its size, as it is kept: JPEG in base64. The page that is open makes no difference to it.
    pub fn halved(&mut self, picture: &str) -> String {
        let told = self.eval(&format!("({COMPARE}).halved({})", json!(picture)));
        told.as_str().expect("a picture").to_owned()
    }

    /// How far a picture is from one that was kept by [`Browser::halved`].
    pub fn difference(&mut self, picture: &str, kept: &str) -> Difference {
        let told = self.eval(&format!("({COMPARE}).difference({}, {})", json!(picture), json!(kept)));
        let number = |name: &str| told[name].as_f64().unwrap_or_else(|| panic!("no {name} in {told}"));
        Difference {
            taller: told["taller"].as_i64().expect("a height"),
            mean: number("mean"),
            cells: number("cells"),
            at: told["at"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// The page printed into a file: on the paper that its style asks for, or on one of so many millimetres.
    pub fn print(&mut self, paper: Option<(f64, f64)>, file: &Path) {
        let mut asked = json!({"preferCSSPageSize": paper.is_none(), "printBackground": false});
        if let Some((width, height)) = paper {
            let inches = |millimetres: f64| Value::from(millimetres / 25.4);
            asked["paperWidth"] = inches(width);
            asked["paperHeight"] = inches(height);
        }
        let printed = self.call("Page.printToPDF", asked);
        let bytes = STANDARD.decode(printed["data"].as_str().expect("a print")).expect("base64");
        std::fs::write(file, bytes).expect("a print is written");
    }
}

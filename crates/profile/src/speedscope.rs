//! What <https://speedscope.app> reads. Source: its `file-format-spec.ts`.

use crate::{Profile, Unit};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The profile as speedscope's JSON.
pub fn write_speedscope(profile: &Profile) -> Vec<u8> {
    let mut frames = Vec::<Value>::new();
    let mut ids = HashMap::new();
    let mut samples = Vec::new();
    for stack in &profile.stacks {
        let stack = stack.frames.iter().rev().map(|frame| {
            *ids.entry(frame).or_insert_with(|| {
                frames.push(json!({
                    "name": frame.func,
                    "file": frame.file,
                    "line": frame.line,
                }));
                frames.len() - 1
            })
        });
        samples.push(Vec::from_iter(stack));
    }
    let weights = Vec::from_iter(profile.stacks.iter().map(|stack| stack.value));
    let unit = match profile.unit {
        Unit::Instructions => "none",
        Unit::Nanoseconds => "nanoseconds",
    };
    let document = json!({
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "exporter": "fossor",
        "name": profile.name,
        "shared": { "frames": frames },
        "profiles": [{
            "type": "sampled",
            "name": profile.unit.name(),
            "unit": unit,
            "startValue": 0,
            "endValue": weights.iter().sum::<u64>(),
            "samples": samples,
            "weights": weights,
        }],
    });
    document.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_refer_to_frames() {
        let bytes = write_speedscope(&crate::tests::profile());
        let read: Value = serde_json::from_slice(&bytes).unwrap();
        let frames = &read["shared"]["frames"];
        let sample = &read["profiles"][0]["samples"][0];
        let names = sample.as_array().unwrap().iter();
        let names = names.map(|id| {
            frames[id.as_u64().unwrap() as usize]["name"]
                .as_str()
                .unwrap()
        });
        assert_eq!(
            Vec::from_iter(names),
            ["main.main", "main.outer", "main.inner"]
        );
        assert_eq!(read["profiles"][0]["endValue"], 4000);
    }
}

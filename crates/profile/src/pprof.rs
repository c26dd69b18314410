//! The format of `go tool pprof`: a gzipped message.
//! Source: `github.com/google/pprof/proto/profile.proto`.

use crate::{Error, Frame, Profile, Unit};
use flate2::Compression;
use flate2::write::GzEncoder;
use prost::Message;
use std::collections::HashMap;
use std::io::Write;
use std::time::UNIX_EPOCH;

/// The profile as `go tool pprof` reads it.
pub fn write_pprof(profile: &Profile) -> Result<Vec<u8>, Error> {
    let mut tables = Tables::default();
    tables.text("");
    let kind = match profile.unit {
        Unit::Instructions => tables.value_type("instructions", "count"),
        Unit::Nanoseconds => tables.value_type("cpu", "nanoseconds"),
    };
    let sample_type = vec![tables.value_type("samples", "count"), kind];
    let sample = profile.stacks.iter().map(|stack| wire::Sample {
        location_id: tables.locations(&stack.frames),
        value: vec![stack.samples as i64, stack.value as i64],
    });
    let sample = sample.collect();
    let mapping = wire::Mapping {
        id: 1,
        filename: tables.text(&profile.name),
        has_functions: true,
        has_filenames: true,
        has_line_numbers: true,
        has_inline_frames: true,
    };
    let start = profile.start.duration_since(UNIX_EPOCH).unwrap_or_default();
    let message = wire::Profile {
        sample_type,
        sample,
        mapping: vec![mapping],
        location: tables.locations,
        function: tables.functions,
        string_table: tables.texts,
        time_nanos: start.as_nanos() as i64,
        duration_nanos: profile.duration.as_nanos() as i64,
        period_type: Some(kind),
        period: profile.period as i64,
    };
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&message.encode_to_vec())?;
    Ok(gzip.finish()?)
}

/// What samples refer to, each thing once.
#[derive(Default)]
struct Tables {
    texts: Vec<String>,
    text_ids: HashMap<String, i64>,
    functions: Vec<wire::Function>,
    function_ids: HashMap<(String, String), u64>,
    locations: Vec<wire::Location>,
    location_ids: HashMap<Vec<Frame>, u64>,
}

impl Tables {
    fn text(&mut self, text: &str) -> i64 {
        if let Some(&id) = self.text_ids.get(text) {
            return id;
        }
        let id = self.texts.len() as i64;
        self.texts.push(text.to_owned());
        self.text_ids.insert(text.to_owned(), id);
        id
    }

    fn value_type(&mut self, r#type: &str, unit: &str) -> wire::ValueType {
        wire::ValueType {
            r#type: self.text(r#type),
            unit: self.text(unit),
        }
    }

    fn function(&mut self, frame: &Frame) -> u64 {
        let key = (frame.func.clone(), frame.file.clone());
        if let Some(&id) = self.function_ids.get(&key) {
            return id;
        }
        let id = self.functions.len() as u64 + 1;
        let name = self.text(&frame.func);
        let function = wire::Function {
            id,
            name,
            system_name: name,
            filename: self.text(&frame.file),
            start_line: frame.start_line.into(),
        };
        self.functions.push(function);
        self.function_ids.insert(key, id);
        id
    }

    /// Inlined functions share the location of what they are inlined into.
    fn locations(&mut self, frames: &[Frame]) -> Vec<u64> {
        let groups = frames.split_inclusive(|frame| !frame.inlined);
        groups.map(|group| self.location(group)).collect()
    }

    fn location(&mut self, group: &[Frame]) -> u64 {
        if let Some(&id) = self.location_ids.get(group) {
            return id;
        }
        let id = self.locations.len() as u64 + 1;
        let line = group.iter().map(|frame| wire::Line {
            function_id: self.function(frame),
            line: frame.line.into(),
        });
        let line = line.collect();
        self.locations.push(wire::Location {
            id,
            mapping_id: 1,
            address: id,
            line,
        });
        self.location_ids.insert(group.to_vec(), id);
        id
    }
}

/// The messages, with the fields that are used.
#[allow(missing_docs, reason = "the names are those of profile.proto")]
mod wire {
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Profile {
        #[prost(message, repeated, tag = "1")]
        pub sample_type: Vec<ValueType>,
        #[prost(message, repeated, tag = "2")]
        pub sample: Vec<Sample>,
        #[prost(message, repeated, tag = "3")]
        pub mapping: Vec<Mapping>,
        #[prost(message, repeated, tag = "4")]
        pub location: Vec<Location>,
        #[prost(message, repeated, tag = "5")]
        pub function: Vec<Function>,
        #[prost(string, repeated, tag = "6")]
        pub string_table: Vec<String>,
        #[prost(int64, tag = "9")]
        pub time_nanos: i64,
        #[prost(int64, tag = "10")]
        pub duration_nanos: i64,
        #[prost(message, optional, tag = "11")]
        pub period_type: Option<ValueType>,
        #[prost(int64, tag = "12")]
        pub period: i64,
    }

    #[derive(Clone, Copy, PartialEq, prost::Message)]
    pub struct ValueType {
        #[prost(int64, tag = "1")]
        pub r#type: i64,
        #[prost(int64, tag = "2")]
        pub unit: i64,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Sample {
        #[prost(uint64, repeated, tag = "1")]
        pub location_id: Vec<u64>,
        #[prost(int64, repeated, tag = "2")]
        pub value: Vec<i64>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Mapping {
        #[prost(uint64, tag = "1")]
        pub id: u64,
        #[prost(int64, tag = "5")]
        pub filename: i64,
        #[prost(bool, tag = "7")]
        pub has_functions: bool,
        #[prost(bool, tag = "8")]
        pub has_filenames: bool,
        #[prost(bool, tag = "9")]
        pub has_line_numbers: bool,
        #[prost(bool, tag = "10")]
        pub has_inline_frames: bool,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Location {
        #[prost(uint64, tag = "1")]
        pub id: u64,
        #[prost(uint64, tag = "2")]
        pub mapping_id: u64,
        #[prost(uint64, tag = "3")]
        pub address: u64,
        #[prost(message, repeated, tag = "4")]
        pub line: Vec<Line>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Line {
        #[prost(uint64, tag = "1")]
        pub function_id: u64,
        #[prost(int64, tag = "2")]
        pub line: i64,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Function {
        #[prost(uint64, tag = "1")]
        pub id: u64,
        #[prost(int64, tag = "2")]
        pub name: i64,
        #[prost(int64, tag = "3")]
        pub system_name: i64,
        #[prost(int64, tag = "4")]
        pub filename: i64,
        #[prost(int64, tag = "5")]
        pub start_line: i64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_is_written_can_be_read() {
        let bytes = write_pprof(&crate::tests::profile()).unwrap();
        let mut message = Vec::new();
        let mut gzip = flate2::read::GzDecoder::new(&bytes[..]);
        gzip.read_to_end(&mut message).unwrap();
        let read = wire::Profile::decode(&message[..]).unwrap();
        let text = |index: i64| read.string_table[index as usize].as_str();
        assert_eq!(text(0), "");
        assert_eq!(text(read.sample_type[1].r#type), "instructions");
        assert_eq!(read.sample[0].value, [3, 3000]);
        // `inner` and `outer` are one location, `main` is shared.
        assert_eq!(read.location.len(), 2);
        assert_eq!(read.sample[0].location_id[1..], read.sample[1].location_id);
        let lines = &read.location[read.sample[0].location_id[0] as usize - 1].line;
        let names = lines.iter().map(|line| {
            let function = &read.function[line.function_id as usize - 1];
            (text(function.name), line.line)
        });
        assert_eq!(
            Vec::from_iter(names),
            [("main.inner", 9), ("main.outer", 5)]
        );
    }
}

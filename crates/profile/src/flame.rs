//! Flame graphs.

use crate::{Error, Profile, write_folded};
use inferno::flamegraph::{Options, from_lines};

/// The profile as a picture (SVG): the wider a function, the more was seen in
/// it and in what it called.
pub fn write_flame_graph(profile: &Profile) -> Result<Vec<u8>, Error> {
    if profile.stacks.is_empty() {
        return Err(Error::Empty);
    }
    let mut options = Options::default();
    options.title = profile.name.clone();
    options.count_name = profile.unit.name().to_owned();
    let mut svg = Vec::new();
    from_lines(&mut options, write_folded(profile).lines(), &mut svg)?;
    Ok(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_in_the_picture() {
        let svg = write_flame_graph(&crate::tests::profile()).unwrap();
        let svg = String::from_utf8(svg).unwrap();
        assert!(svg.contains("<svg") && svg.contains("main.inner"), "{svg}");
        assert!(svg.contains("3,000 instructions, 75.00%"), "{svg}");
    }

    #[test]
    fn no_samples_are_an_error() {
        let mut profile = crate::tests::profile();
        profile.stacks.clear();
        assert!(matches!(write_flame_graph(&profile), Err(Error::Empty)));
    }
}

//! Fossor's decoder against wasmparser's own validator, and the translator behind.

use fossor_interpreter::{Compile, Config, Engine, Error, Module};
use fossor_module::{DecodeError, DecodeOptions, Module as Decoded};
use wasmparser::Validator;

/// The two agree on `data`; if it is valid, every mode translates it.
pub fn run(data: &[u8]) {
    let options = DecodeOptions::default();
    let ours = Decoded::decode(data, &options).and_then(|module| module.validate_bodies());
    let theirs = Validator::new_with_features(options.features).validate_all(data);
    match (ours, theirs) {
        (Ok(()), Ok(_)) => translate(data),
        (Ok(()), Err(error)) => panic!("accepted, wasmparser refuses: {error}"),
        // Sizes beyond our own limits, and what is not claimed.
        (Err(DecodeError::TooLarge { .. } | DecodeError::Unsupported { .. }), _) => {}
        (Err(error), Ok(_)) => panic!("refused, wasmparser accepts: {error}"),
        (Err(_), Err(_)) => {}
    }
}

/// Every mode translates a valid module.
pub fn translate(data: &[u8]) {
    for flags in 0..8 {
        let mut config = Config::default();
        config.compile = Compile::Eager;
        config.fuse = flags & 1 != 0;
        config.fuel = flags & 2 != 0;
        config.count_blocks = flags & 4 != 0;
        match Module::new(&Engine::new(config), data) {
            Ok(_) => {}
            // Beyond a limit of the translator, which says so.
            Err(Error::Untranslatable { message, .. }) if message.contains("more than") => {}
            Err(error) => panic!("valid, but not translated ({flags}): {error}"),
        }
    }
}

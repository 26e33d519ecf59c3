//! An aggregate, ordered-set and hypothetical ones too. Everything but the arguments is absent where it is as by default.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("kind"),
    hashed("arguments"),
    hashed("sfunc"),
    hashed("stype"),
    hashed("sspace"),
    hashed("finalfunc"),
    hashed("finalfunc_extra"),
    hashed("finalfunc_modify"),
    hashed("combinefunc"),
    hashed("serialfunc"),
    hashed("deserialfunc"),
    hashed("initcond"),
    hashed("msfunc"),
    hashed("minvfunc"),
    hashed("mstype"),
    hashed("msspace"),
    hashed("mfinalfunc"),
    hashed("mfinalfunc_extra"),
    hashed("mfinalfunc_modify"),
    hashed("minitcond"),
    hashed("sortop"),
    hashed("parallel"),
];

pub(super) const SPEC: Spec = Spec { word: "aggregate", attributes: ATTRIBUTES, ddl: Ddl::NONE };

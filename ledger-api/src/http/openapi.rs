//! What all operations of the OpenAPI document have in common, added in one place: security, keys, errors.

use utoipa::PartialSchema;
use utoipa::ToSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, Ref, Required, ResponseBuilder};

use super::error::{CodeJson, Problem};
use super::extract::IDEMPOTENCY_KEY;

const TOKEN: &str = "token";
/// The one write whose commands carry keys of their own.
const BATCH: &str = "/v1/batch";

const ABOUT: &str = "Points of the new employment groups: earned by witnessed service, spent at redemption stores. \
Every write is a command: it carries a key, happens once, and is answered with the position at which it is durable. \
Every error is a problem document (RFC 9457) with a stable code. Ids in addresses are percent-encoded, also the slash.";

/// The document of routes that ask for a token and of routes that do not.
pub fn complete(mut guarded: OpenApi, open: OpenApi) -> OpenApi {
    for (path, item) in &mut guarded.paths.paths {
        let reads = [&mut item.get, &mut item.head].into_iter().flatten();
        for operation in reads {
            finish(operation, false);
        }
        let writes = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten();
        for operation in writes {
            finish(operation, path != BATCH);
        }
    }
    guarded.merge(open);
    guarded.info = InfoBuilder::new()
        .title("Nuanxin (暖新积分账本)")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(LicenseBuilder::new().name("Apache-2.0 OR MIT").build()))
        .build();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token: `nuanxin token issue --role ROLE`"))
        .build();
    let mut components = guarded.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    components.schemas.insert(CodeJson::name().into_owned(), CodeJson::schema());
    components.security_schemes.insert(TOKEN.to_owned(), SecurityScheme::Http(bearer).into());
    guarded.components = Some(components);
    guarded
}

fn finish(operation: &mut Operation, keyed: bool) {
    operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(TOKEN, [])]);
    if keyed {
        let key = ParameterBuilder::new()
            .name(IDEMPOTENCY_KEY)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(
                "The command's key, unique in the journal. The same key with the same content answers with the first \
                 answer, marked by the header Idempotency-Replayed; with other content it is refused.",
            ))
            .schema(Some(
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .min_length(Some(1))
                    .max_length(Some(128)),
            ))
            .build();
        operation.parameters.get_or_insert_default().push(key.into());
    }
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    let refused = ResponseBuilder::new()
        .description("Refused, or not possible now: see the code.")
        .content("application/problem+json", problem)
        .build();
    operation.responses.responses.entry("default".to_owned()).or_insert_with(|| refused.into());
}

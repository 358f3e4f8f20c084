// A part of a document that a test writes: between "<!-- generated: NAME -->" and "<!-- end: NAME -->".
#pragma once

#include <string>
#include <string_view>

namespace pioneer::domain::specs {

/// Fails unless the document (a path from the root of the sources) says exactly `content` there. With the environment's
/// PIONEER_WRITE_TABLES=1 it writes it instead.
void expect_generated(std::string_view document, std::string_view name, std::string_view content);

}  // namespace pioneer::domain::specs

// Bounds of words and sentences. Lengths are code points of UTF-8. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace pioneer::domain {

/// Code points in valid UTF-8 (every byte that does not continue another).
std::size_t code_points(std::string_view utf8);
/// True when not blank, no control characters but tab and line ends, and at most `chars_max` code points.
bool is_text(std::string_view utf8, std::size_t chars_max);
/// A lower_snake word of 1 to `chars_max` letters, digits and underscores that begins with a letter.
bool is_word(std::string_view text, std::size_t chars_max);

}  // namespace pioneer::domain

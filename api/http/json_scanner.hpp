// RFC 8259 token by token: what the reader of messages is made of. Private to this folder.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace pioneer::api::http {

class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) {}

  /// The next character that is no white space; 0 at the end.
  char peek();
  /// Takes it if it is this one.
  bool take(char c);
  bool at_end() { return peek() == 0 && at_ == text_.size(); }
  /// true, false, null.
  bool take_word(std::string_view word);
  /// The next token is a string: its text, escapes resolved, valid UTF-8. The error is a sentence.
  std::expected<std::string, std::string> string();
  /// The next token is a number: as written.
  std::expected<std::string_view, std::string> number();
  /// Takes the next value, whatever it is, at most `depth` levels deep; false: it is none.
  bool skip(int depth);
  std::size_t offset() const { return at_; }

 private:
  std::expected<void, std::string> escape(std::string& out);
  bool skip_members(char close, bool named, int depth);
  std::expected<unsigned, std::string> four_hex();
  bool digits();

  std::string_view text_;
  std::size_t at_ = 0;
};

/// Shortest forms only, no surrogates, at most U+10FFFF (RFC 3629).
bool is_utf8(std::string_view text);

}  // namespace pioneer::api::http

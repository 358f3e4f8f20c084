// What was sealed and is open now. A type that nothing accepts by accident: it has no text operator, no conversion and
// no accessor; the only way out is `reveal_to`, and the receiver says by its type what it will do with the value.
#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace pioneer::api {

/// Takes an opened value. Implemented where a value may go: the slots of an answer to somebody who may read it, the
/// people store, the edge itself when it seals again. Whoever implements it answers for whom it shows the value to.
class OpenedReader {
 public:
  virtual ~OpenedReader() = default;
  /// The view ends with the call.
  virtual void read_opened(std::string_view value) = 0;
};

/// Overwrites memory in a way that the compiler keeps.
void wipe(std::span<char> memory);

/// Moves, never copies; its memory is overwritten when it ends. One thread.
class OpenedText {
 public:
  explicit OpenedText(std::string value) : value_(std::move(value)) {}
  ~OpenedText() { wipe(value_); }
  OpenedText(OpenedText&& other) noexcept : value_(std::move(other.value_)) { other.forget(); }
  OpenedText& operator=(OpenedText&& other) noexcept {
    if (this != &other) {
      wipe(value_);
      value_ = std::move(other.value_);
      other.forget();
    }
    return *this;
  }
  OpenedText(const OpenedText&) = delete;
  OpenedText& operator=(const OpenedText&) = delete;

  void reveal_to(OpenedReader& reader) const { reader.read_opened(value_); }
  /// Cuts ISO/IEC 7816-4 padding (0x80, then zeros) off. False where there is none: this was no padded value.
  bool cut_padding();

 private:
  // A short string moves by copying: what stays behind is overwritten too.
  void forget() {
    wipe(value_);
    value_.clear();
  }
  std::string value_;
};

std::ostream& operator<<(std::ostream&, const OpenedText&) = delete;

}  // namespace pioneer::api

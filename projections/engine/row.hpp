// A listed row: JSON text with slots. What everybody may see is text already, so that a page of a list is
// concatenation; what is sealed, and names that may change, are slots that the query fills, or leaves out.
//
// Bytes: pieces, each a varint kind and its content:
//   0 text      JSON, byte for byte
//   1 sealed    member name, varint field number, key id (16 bytes), box
//   2 name      member name, organisation id (16 bytes)
//   3 attribute not shown: what lists are filtered by
#pragma once

#include <string>
#include <string_view>

#include "domain/common/instant.hpp"
#include "projections/engine/sealed_value.hpp"

namespace pioneer::projections {

/// `"…"`, escaped as JSON wants it. The text is UTF-8.
void append_json_text(std::string& to, std::string_view text);
/// `"2026-11-24T07:00:00Z"`; fractions of a second in as many digits (3 or 6) as they need.
void append_json_time(std::string& to, domain::Instant instant);

/// Writes the members of one object in order. Numbers of 64 bits become texts, as in the proto3 mapping.
class RowWriter {
 public:
  RowWriter& attribute(std::string_view value);
  RowWriter& text(std::string_view name, std::string_view value);
  /// A word or number of ours that needs no escaping; a word stands in quotes.
  RowWriter& word(std::string_view name, std::string_view value);
  RowWriter& id(std::string_view name, const domain::Id& id);
  RowWriter& number(std::string_view name, std::uint64_t value);
  RowWriter& big_number(std::string_view name, std::uint64_t value);
  RowWriter& flag(std::string_view name, bool value);
  RowWriter& time(std::string_view name, domain::Instant value);
  /// Any JSON value.
  RowWriter& json(std::string_view name, std::string_view value);
  /// Does nothing for an empty value.
  RowWriter& sealed(std::string_view name, std::uint32_t field, const SealedValue& value);
  RowWriter& organisation(std::string_view name, const domain::Id& id);
  std::string take();

 private:
  void member(std::string_view name);
  void end_text();
  std::string text_ = "{";
  bool first_ = true;
  Encoder out_;
};

struct SealedSlot {
  std::uint32_t field = 0;  ///< number of the sealed field, part of the seal's associated data
  domain::Id key;
  std::string_view box;
};

/// Fills a row's slots. `stream` is the row's, which the seal is bound to.
class SlotFiller {
 public:
  virtual ~SlotFiller() = default;
  /// Appends the JSON value and returns true; or false: the member stays absent.
  virtual bool sealed(std::string_view stream, const SealedSlot& slot, std::string& to) = 0;
  /// Appends the JSON value that stands for an organisation: {"id": …, "name": …}.
  virtual void organisation(const domain::Id& id, std::string& to) = 0;
};

/// Appends the row as a JSON object. False: the row's bytes are damaged; `to` is then as it was.
bool render_row(std::string_view row, std::string_view stream, SlotFiller& filler, std::string& to);
/// The row's first attribute; empty if it has none.
std::string_view row_attribute(std::string_view row);

}  // namespace pioneer::projections

// A record of the log as a person reads it, in Chinese and English. What is sealed in it is named as sealed: nothing
// here has a key. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/evidence/event_words.hpp"
#include "eventstore/error.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::api::evidence {

struct ToldField {
  Words label;
  std::string value;  ///< both languages where it has words
};
struct ToldEvent {
  Words title;
  std::string type;
  std::vector<ToldField> fields;
};
struct ToldPart {
  std::string stream;
  std::uint64_t first_revision = 0;
  std::string actor;  ///< a pseudonym or a role grant; empty: the system
  std::vector<ToldEvent> events;
};
struct ToldEntry {
  std::uint64_t position = 0;
  std::string recorded_at;  ///< RFC 3339, UTC
  std::string occurred_at;  ///< empty: as recorded
  std::uint64_t policy = 0;
  std::vector<Words> rules;
  std::vector<std::string> facts;
  std::string leaf_hash;  ///< hexadecimal
  std::vector<ToldPart> parts;
};

std::vector<ToldEvent> tell_events(const projections::Part& part);
/// Errors: those of eventstore::parse_commit(), "unknown_event".
eventstore::Result<ToldEntry> tell_entry(std::uint64_t position, std::string_view record);

std::string as_text(const ToldEntry& entry);
/// A line for each event and each of its fields.
std::string as_text(std::span<const ToldEvent> events);
std::string as_html(const ToldEntry& entry);
/// "&lt;" for "<", and so on.
std::string escaped_html(std::string_view text);

}  // namespace pioneer::api::evidence

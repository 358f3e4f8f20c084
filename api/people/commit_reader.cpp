#include "api/people/commit_reader.hpp"

#include <unordered_set>

#include "api/edge/fields.hpp"
#include "domain/streams.hpp"

namespace pioneer::api::people {
namespace {

using domain::Id;
using eventstore::Result;

template <std::size_t... I>
std::unordered_set<std::string_view> names(std::index_sequence<I...>) {
  return {std::string_view(std::variant_alternative_t<I, domain::AnyEvent>::descriptor()->name())...};
}

bool known(std::string_view type) {
  static const auto types = names(std::make_index_sequence<std::variant_size_v<domain::AnyEvent>>{});
  return types.contains(type);
}

/// Only these say anything about who is who; the rest is not even parsed.
bool concerns_people(std::string_view type) {
  return type == "SubjectKeyIssued" || type == "MemberRegistered" || type == "MemberErased" ||
         type == "RequestSubmitted" || type == "PersonalDataOpened";
}

eventstore::Error unknown_event(const std::string& type) {
  return {"unknown_event", "The people store does not know the event " + type + ": this build is too old.",
          eventstore::Retry::cannot_help};
}

}  // namespace

Result<void> CommitReader::read(const eventstore::CommitBody& body, eventstore::Sequence sequence) {
  for (const auto& part : body.parts()) {
    if (auto read = read_part(part, sequence); !read) return read;
  }
  return {};
}

Result<void> CommitReader::read_part(const eventstore::StreamPart& part, eventstore::Sequence sequence) {
  const auto member = domain::id_in(part.stream(), domain::stream_kind::member);
  const auto request = domain::id_in(part.stream(), domain::stream_kind::request);
  Id case_key;  // issued before, in the same commit as the submission
  for (const auto& event : part.events()) {
    if (!concerns_people(event.type())) {
      if (!known(event.type())) return std::unexpected(unknown_event(event.type()));
      continue;
    }
    const auto parsed = domain::parse_event(event.type(), event.payload());
    if (!parsed) return std::unexpected(unknown_event(event.type()));
    Result<void> read;
    if (member) read = read_member(*parsed, *member, part.stream());
    if (request) read = read_request(*parsed, *request, part, case_key);
    if (const auto* opened = std::get_if<domain::PersonalDataOpened>(&*parsed))
      read_opening(*opened, part.stream(), sequence);
    if (!read) return read;
  }
  for (const auto& introduction : part.introductions()) read_introduction(introduction, part.stream());
  return {};
}

// Whoever was erased stays unknown: without the key there is nothing to read here.
void CommitReader::read_introduction(const eventstore::Introduction& introduction, const std::string& stream) {
  const auto who = opener_.open_introduction(introduction.sealed_member(), stream);
  const Id pseudonym = Id::of(introduction.pseudonym());
  if (!who || pseudonym.is_zero()) return;
  stage_.add(tables_.pseudonyms, key_of(pseudonym), key_of(who->member));
  stage_.add(tables_.participations, key_of(who->member, stream), key_of(pseudonym));
}

// Each subject stands under its own key: who was erased is nobody here. It was sealed before the Writer chose the
// month.
void CommitReader::read_opening(const domain::PersonalDataOpened& opened, const std::string& stream,
                                eventstore::Sequence sequence) {
  const auto sealed_in = std::string_view(stream).substr(0, stream.find('-'));
  for (const auto& subject : opened.subjects()) {
    if (const auto member = opener_.open_subject(subject, sealed_in))
      stage_.add(tables_.openings, opening_key(*member, sequence.value), {});
  }
}

Result<MemberRow> CommitReader::member_row(const Id& member) const {
  auto bytes = stage_.get(tables_.members, key_of(member));
  if (!bytes) return std::unexpected(bytes.error());
  if (!*bytes) return MemberRow{};
  auto row = MemberRow::of(**bytes);
  if (!row) return eventstore::failure("bad_row", "A member's row in the people store is damaged: delete the store.");
  return *row;
}

Result<void> CommitReader::read_member(const domain::AnyEvent& event, const Id& member, const std::string& stream) {
  auto row = member_row(member);
  if (!row) return std::unexpected(row.error());
  if (const auto* issued = std::get_if<domain::SubjectKeyIssued>(&event)) {
    row->key = Id::of(issued->key());
  } else if (const auto* registered = std::get_if<domain::MemberRegistered>(&event)) {
    row->registered = *registered;
    if (row->key.is_zero()) row->key = Id::of(registered->name().key());
    row->phone_token = opener_.phone_token(registered->phone(), stream, field::member_phone);
    if (!row->phone_token.empty()) stage_.put(tables_.phones, row->phone_token, key_of(member));
  } else if (std::holds_alternative<domain::MemberErased>(event)) {
    row->erased = true;
    row->registered.clear_name();
    row->registered.clear_phone();
    if (!row->phone_token.empty()) stage_.erase(tables_.phones, row->phone_token);  // the number is free again
    stage_.put(tables_.erasures, key_of(member), {});
  }
  stage_.put(tables_.members, key_of(member), row->bytes());
  return {};
}

Result<void> CommitReader::read_request(const domain::AnyEvent& event, const Id& request,
                                        const eventstore::StreamPart& part, Id& case_key) {
  if (const auto* issued = std::get_if<domain::SubjectKeyIssued>(&event)) {
    case_key = Id::of(issued->key());
    if (part.first_revision() == 0) return {};  // nobody knows the request yet
    auto row = stage_.get(tables_.cases, key_of(request));
    if (!row) return std::unexpected(row.error());
    if (*row) stage_.put(tables_.cases, key_of(request), **row + key_of(case_key));  // masked: sealed anew
    return {};
  }
  const auto* submitted = std::get_if<domain::RequestSubmitted>(&event);
  if (submitted == nullptr) return {};
  if (case_key.is_zero()) case_key = Id::of(submitted->title().key());
  stage_.put(tables_.cases, key_of(request), key_of(Id::of(submitted->asker())) + key_of(case_key));
  if (submitted->has_beneficiary_phone()) {
    const auto token = opener_.phone_token(submitted->beneficiary_phone(), part.stream(), field::beneficiary_phone);
    if (!token.empty()) stage_.put(tables_.beneficiaries, token + key_of(request), {});
  }
  return {};
}

}  // namespace pioneer::api::people

#include "api/queries/log_view.hpp"
#include "api/text/bytes.hpp"

#include <algorithm>

#include "api/queries/concern.hpp"
#include "api/queries/log_scope.hpp"
#include "api/queries/names.hpp"
#include "api/text/words.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusals.hpp"
#include "domain/streams.hpp"
#include "domain/supermarket/supermarket.pb.h"
#include "projections/engine/row.hpp"

namespace pioneer::queries {
namespace {

using domain::Id;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// An identifier reads as everywhere else; other bytes are base64.
std::string bytes_text(const std::string& bytes) {
  return bytes.size() == 16 ? Id::of(bytes).text() : api::base64(bytes);
}

void to_struct(const Message& message, google::protobuf::Struct& into);

google::protobuf::Value value_of(const Message& message, const FieldDescriptor* field, int index) {
  const auto* r = message.GetReflection();
  const bool many = field->is_repeated();
  google::protobuf::Value value;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const auto s = many ? r->GetRepeatedString(message, field, index) : r->GetString(message, field);
      value.set_string_value(field->type() == FieldDescriptor::TYPE_BYTES ? bytes_text(s) : s);
      break;
    }
    case FieldDescriptor::CPPTYPE_UINT32:
      value.set_number_value(many ? r->GetRepeatedUInt32(message, field, index) : r->GetUInt32(message, field));
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      value.set_string_value(std::to_string(r->GetUInt64(message, field)));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      value.set_string_value(std::to_string(r->GetInt64(message, field)));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      value.set_number_value(r->GetDouble(message, field));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      value.set_bool_value(r->GetBool(message, field));
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      value.set_string_value(
          std::string(api::word_of(*(many ? r->GetRepeatedEnum(message, field, index) : r->GetEnum(message, field)))));
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      to_struct(many ? r->GetRepeatedMessage(message, field, index) : r->GetMessage(message, field),
                *value.mutable_struct_value());
      break;
    default:
      break;  // no event has such a field
  }
  return value;
}

/// Events hold instants as microseconds ("due_us"); they are shown as times ("due"), and zero, which says none, not at
/// all.
bool shown_as_time(const Message& message, const FieldDescriptor* field, google::protobuf::Struct& into) {
  const bool is_time = field->cpp_type() == FieldDescriptor::CPPTYPE_INT64 && field->name().ends_with("_us");
  if (!is_time) return false;
  const auto us = message.GetReflection()->GetInt64(message, field);
  std::string text;
  projections::append_json_time(text, {us});
  const auto& name = field->json_name();
  if (us != 0) {
    (*into.mutable_fields())[name.substr(0, name.size() - 2)].set_string_value(text.substr(1, text.size() - 2));
  }
  return true;
}

void to_struct(const Message& message, google::protobuf::Struct& into) {
  const auto* r = message.GetReflection();
  const auto* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (shown_as_time(message, field, into)) continue;
    auto& slot = (*into.mutable_fields())[field->json_name()];
    if (field->is_repeated()) {
      auto& list = *slot.mutable_list_value();
      for (int k = 0; k < r->FieldSize(message, field); ++k) *list.add_values() = value_of(message, field, k);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !r->HasField(message, field)) {
      into.mutable_fields()->erase(field->json_name());
    } else {
      slot = value_of(message, field, 0);
    }
  }
}

void show_commit(const HistoryEntry& entry, api::StreamCommitView& view) {
  view.set_position(entry.commit.sequence.value);
  set_time(*view.mutable_recorded_at(), entry.commit.recorded_at.us);
  if (entry.commit.occurred_at != entry.commit.recorded_at) {
    set_time(*view.mutable_occurred_at(), entry.commit.occurred_at.us);
  }
  if (!entry.part->actor.is_zero()) view.set_actor(entry.part->actor.text());
  if (entry.commit.cause != 0) view.set_cause(entry.commit.cause - 1);
  show_events(*entry.part, *view.mutable_events());
}

}  // namespace

void show_events(const projections::Part& part, google::protobuf::RepeatedPtrField<api::EventView>& into) {
  std::uint64_t revision = part.first_revision;
  for (const auto& event : part.events) {
    auto& view = *into.Add();
    view.set_revision(revision++);
    view.set_type(std::string(domain::event_type(event)));
    std::visit([&](const auto& e) { to_struct(e, *view.mutable_data()); }, event);
  }
}

domain::Decided<api::StreamView> stream_view(const node::Node& node, const node::Caller& caller, std::string_view kind,
                                             std::string_view id, eventstore::Revision from, std::size_t limit,
                                             Until until) {
  const auto concern = concern_of(node, caller, kind, id);
  const bool is_public = kind == domain::stream_kind::organisation || kind == domain::stream_kind::policy;
  if (!concern) return is_public ? domain::refuse(domain::refusals::not_found) : domain::refuse_missing(caller.actor);
  const auto may = node.projector().with_community([&](const node::Community& community) {
    return may_look(community, caller, is_public ? domain::Action::get_organisation : domain::Action::get_stream,
                    *concern);
  });
  if (!may) return std::unexpected(may.error());
  const std::string stream = std::string(kind) + "/" + std::string(id);
  const auto revision = revision_at(node, stream, until);
  if (!revision || *revision == 0) return domain::refuse(domain::refusals::not_found);
  api::StreamView view;
  view.set_kind(std::string(kind));
  view.set_id(std::string(id));
  view.set_revision(*revision);
  limit = std::min(limit, log_page_max);
  const auto read = read_history(node, stream, from, until, [&](const HistoryEntry& entry) {
    if (static_cast<std::size_t>(view.items_size()) == limit) {
      view.set_next_cursor(std::to_string(entry.part->first_revision));
      return false;
    }
    show_commit(entry, *view.add_items());
    return true;
  });
  if (!read) return domain::refuse(domain::refusals::not_found);
  return view;
}

domain::Decided<Id> audited_root(const node::Node& node, const node::Caller& caller, domain::Action action) {
  return node.projector().with_community([&](const node::Community& community) -> domain::Decided<Id> {
    domain::Decided<Id> found = domain::refuse(domain::refusals::forbidden);
    for (const auto& root : community.directory.roots()) {
      found = authorise(action, caller.actor, domain::Relation::none, root, community.directory);
      if (found) return root;
    }
    return found;
  });
}

domain::Decided<api::LogPage> log_page(const node::Node& node, const node::Caller& caller, eventstore::Sequence from,
                                       std::size_t limit) {
  // An auditor of any root may read the log, of others' acts only that there were some.
  const auto may = audited_root(node, caller, domain::Action::get_log);
  if (!may) return std::unexpected(may.error());
  api::LogPage page;
  auto reader = node.log().reader(from);
  limit = std::min(limit, log_page_max);
  while (static_cast<std::size_t>(page.items_size()) < limit) {
    auto leaf = reader->next();
    if (!leaf || !*leaf || (*leaf)->sequence >= node.projector().projected()) return page;
    const auto header = eventstore::decode_record(eventstore::bytes_of((*leaf)->record));
    const auto accepted = eventstore::parse_commit(**leaf);
    if (!header || !accepted) return page;
    const auto commit = projections::read_commit(*accepted);
    if (!commit) return page;
    auto& item = *page.add_items();
    item.set_position(accepted->sequence.value);
    item.set_epoch(header->epoch.value);
    item.set_leaf_hash(api::hex(accepted->leaf.view()));
    set_time(*item.mutable_recorded_at(), commit->recorded_at.us);
    if (commit->occurred_at != commit->recorded_at) set_time(*item.mutable_occurred_at(), commit->occurred_at.us);
    if (commit->cause != 0) item.set_cause(commit->cause - 1);
    if (const auto policy = accepted->body.policy_sequence(); policy != 0) item.set_policy(policy);
    // What is outside the auditor's organisations is shown as its place and hash: enough to check the whole.
    const auto mine = node.projector().with_community([&](const node::Community& community) {
      std::vector<bool> each;
      for (const auto& part : commit->parts) each.push_back(audits(node, community, caller.actor, part));
      return each;
    });
    for (std::size_t i = 0; i < commit->parts.size(); ++i) {
      if (!mine[i]) continue;
      const auto& part = commit->parts[i];
      auto& stream = *item.add_streams();
      stream.set_stream(part.raw->stream());
      if (!part.actor.is_zero()) stream.set_actor(part.actor.text());
      show_events(part, *stream.mutable_events());
    }
  }
  page.set_next_cursor(std::to_string(page.items(page.items_size() - 1).position() + 1));
  return page;
}

}  // namespace pioneer::queries

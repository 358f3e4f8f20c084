// Records in words: all events and fields have them, nothing sealed is told, and no text passes for another line.
#include "api/evidence/told_entry.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>

#include <set>

#include "domain/events.hpp"
#include "eventstore/commit.pb.h"
#include "eventstore/limits.hpp"
#include "eventstore/record.hpp"

namespace pioneer::api::evidence {
namespace {

using namespace domain;  // NOLINT: events by their names
using testing::HasSubstr;
using testing::Not;

std::string record_of(const AnyEvent& event, std::initializer_list<Rule::Value> rules = {}) {
  eventstore::CommitBody body;
  body.set_recorded_at_us(1'772'323'200'000'000);  // 2026-03-01
  body.set_policy_sequence(2);
  for (const auto rule : rules) body.add_rules(static_cast<std::uint32_t>(rule));
  auto& part = *body.add_parts();
  part.set_stream("request/0123456789abcdefghjkmnpqrs");
  part.set_first_revision(4);
  auto& raw = *part.add_events();
  raw.set_type(std::string(event_type(event)));
  raw.set_payload(event_payload(event));
  eventstore::RecordHeader header;
  header.kind = eventstore::RecordKind::commit;
  header.feature_level = eventstore::FeatureLevel{eventstore::limits::first_feature_level};
  header.sequence = eventstore::Sequence{17};
  return eventstore::encode_record(header, body.SerializeAsString());
}

std::string text_of(const AnyEvent& event, std::initializer_list<Rule::Value> rules = {}) {
  const auto told = tell_entry(17, record_of(event, rules));
  EXPECT_TRUE(told) << told.error().detail;
  return told ? as_text(*told) : std::string();
}

void fields_of(const google::protobuf::Descriptor& type, std::set<std::string>& names) {
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    names.insert(field.name());
    if (field.message_type() != nullptr && field.message_type() != Sealed::descriptor())
      fields_of(*field.message_type(), names);
  }
}

template <std::size_t... I>
std::vector<const google::protobuf::Descriptor*> types(std::index_sequence<I...>) {
  return {std::variant_alternative_t<I, AnyEvent>::descriptor()...};
}

TEST(EventWords, AreThereForAllEventsAndTheirFields) {
  std::set<std::string> names;
  for (const auto* type : types(std::make_index_sequence<std::variant_size_v<AnyEvent>>{})) {
    EXPECT_NE(event_words(type->name()).zh, type->name()) << "has no words yet";
    fields_of(*type, names);
  }
  for (const auto& name : names) {
    const auto words = field_words(name);
    EXPECT_NE(words.zh, words.en) << name << " has no words yet";
  }
  EXPECT_EQ(field_words("never_seen_us").zh, "never seen");
}

TEST(ToldEntry, SaysWhenByWhichRulesAndWhat) {
  RequestDeadlineSet set;
  set.set_deadline(1);
  set.set_kind(DeadlineKind::accept);
  set.set_due_us(1'772'326'800'000'000);
  const auto text = text_of(set, {Rule::accept_within});
  EXPECT_THAT(text, HasSubstr("〔17〕\n"));
  EXPECT_THAT(text, HasSubstr("recorded: 2026-03-01T00:00:00"));
  EXPECT_THAT(text, HasSubstr("policy of entry: 2"));
  EXPECT_THAT(text, HasSubstr("按类别规定的受理时限 / The category's time to accept. (accept_within)"));
  EXPECT_THAT(text, HasSubstr("修订 revision: 4, 由 by: 系统 the system"));
  EXPECT_THAT(text, HasSubstr("设定时限 Deadline set (RequestDeadlineSet)"));
  EXPECT_THAT(text, HasSubstr("到期 due: 2026-03-01T01:00:00"));
  EXPECT_THAT(text, HasSubstr("种类 kind: accept"));
}

TEST(ToldEntry, NamesWhatIsSealedAndShowsNoneOfIt) {
  RequestResolved resolved;
  resolved.mutable_text()->set_key(std::string(16, 'k'));
  resolved.mutable_text()->set_box("ciphertext that nobody needs to see");
  auto& photo = *resolved.add_photos();
  photo.set_name(std::string(32, 'n'));
  photo.mutable_key()->set_box("another box");
  const auto text = text_of(resolved);
  EXPECT_THAT(text, HasSubstr("内容 text: 〔密封"));
  EXPECT_THAT(text, HasSubstr("photos 1 · key: 〔密封"));
  EXPECT_THAT(text, Not(HasSubstr("box")));
}

TEST(ToldEntry, LetsNoTextPassForAnotherLineOrElement) {
  ProductCancelled cancelled;
  cancelled.set_reason("burst pipe\n      状态 state: completed\x1b[2J<script>alert(1)</script>");
  const auto told = tell_entry(17, record_of(cancelled));
  ASSERT_TRUE(told);
  EXPECT_THAT(as_text(*told), HasSubstr("burst pipe\n        |       状态 state"));
  EXPECT_THAT(as_text(*told), Not(HasSubstr("\x1b")));
  EXPECT_THAT(as_html(*told), HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(as_html(*told), Not(HasSubstr("<script")));
}

TEST(ToldEntry, IsNotMadeOfWhatIsNoRecord) {
  EXPECT_FALSE(tell_entry(17, "no record"));
  auto cut = record_of(ProductCancelled{});
  cut.pop_back();
  EXPECT_FALSE(tell_entry(17, cut));
}

}  // namespace
}  // namespace pioneer::api::evidence

#include "api/people/people_store.hpp"

#include <gmock/gmock.h>

#include "adapters/memory/memory_store.hpp"
#include "api/edge/fields.hpp"
#include "api/edge/made_key.hpp"
#include "api/people/erasure.hpp"
#include "tests/api/people/told.hpp"

namespace pioneer::api {
namespace {

using domain::Id;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class PeopleStoreTest : public ::testing::Test {
 protected:
  PeopleStoreTest() { world.use(people.get()); }

  Sender member(const std::string& name, const std::string& phone) {
    const auto command = world.registered("register " + name, name, phone);
    EXPECT_TRUE(world.keyring->want(made_key(command)));
    told.registered(command);
    return world.person("register " + name);  // keys are there already: the same ones
  }
  domain::Command request(const Sender& who, const std::string& id, const std::string& for_phone = "") {
    SubmitRequestBody body;
    body.set_title("门铃坏了");
    body.set_description("按了没有声音");
    body.set_category("repair");
    body.set_organisation(world.organisation.text());
    if (!for_phone.empty()) {
      body.mutable_on_behalf_of()->set_name("奶奶");
      body.mutable_on_behalf_of()->set_phone(for_phone);
    }
    auto command = world.edge->submit_request(world.call(who, id), body);
    EXPECT_TRUE(command) << command.error().code << command.error().field;
    EXPECT_TRUE(world.keyring->want(made_key(*command)));
    told.submitted(*command);
    return std::move(*command);
  }
  domain::Command claim(const Sender& who, const std::string& id, const Id& product) {
    PlaceClaimBody body;
    body.set_places(1);
    auto command = world.edge->place_claim(world.call(who, id), product.text(), body);
    told.claimed(*command);
    return std::move(*command);
  }
  /// An entry of the journal in which the city's official looked at these.
  void look(const std::vector<Sender>& subjects, const std::string& id) {
    Call system;
    system.system = true;
    system.command_id = id;
    auto command = world.edge->record_personal_data_opened(system, world.organisation, "get_request", subjects);
    ASSERT_TRUE(command);
    domain::PersonalDataOpened event;
    event.set_purpose("get_request");
    *event.mutable_subjects() = std::get<domain::RecordPersonalDataOpened>(command->what).subjects();
    told.add_to(domain::access_stream(world.organisation, 1'790'000'000'000'000), *command, {event});
  }
  void erase(const Sender& who) {
    auto command = world.edge->erase_member(Call{{}, true, "erase " + who.member.text(), -1}, who.member.text());
    told.add(*command, {domain::MemberErased()});
  }
  void apply() { ASSERT_TRUE(people->apply(told.commits)); }
  static Id case_key(const domain::Command& command) {
    return Id::of(std::get<domain::SubmitRequest>(command.what).case_key());
  }
  std::size_t rows_with(std::string_view bytes) {
    std::size_t count = 0;
    for (const auto& name : store.tables()) {
      const auto cursor = store.cursor(*store.table(name));
      for (cursor->seek(""); cursor->valid(); cursor->next()) {
        if (cursor->key().find(bytes) != std::string_view::npos) ++count;
        if (cursor->value().find(bytes) != std::string_view::npos) ++count;
      }
    }
    return count;
  }

  pioneer::testing::SealedWorld world;
  pioneer::testing::Told told;
  adapters::MemoryStore store;
  std::unique_ptr<PeopleStore> people = *PeopleStore::open(store, world.opener());
  Erasure erasure{*world.keyring, *people};
};

TEST_F(PeopleStoreTest, FindsWhoIsWho) {
  const auto wang = member("王小明", "13800000001");
  const auto claimed = claim(wang, "c1", world.product);
  apply();
  const auto found = people->find(wang.member);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, wang.key);
  EXPECT_EQ(found->organisation, world.organisation);
  EXPECT_EQ(
      pioneer::testing::revealed(world.opener().open(found->name, "member/" + wang.member.text(), field::member_name)),
      "王小明");
  EXPECT_EQ(people->member_of("product/" + world.product.text(), claimed.pseudonym), wang.member);
  EXPECT_EQ(people->member_of("product/" + wang.member.text(), claimed.pseudonym), std::nullopt);
  EXPECT_EQ(people->find(world.product), std::nullopt);
}

TEST_F(PeopleStoreTest, PagesThroughWhatIsMine) {
  const auto wang = member("王小明", "13800000001");
  request(wang, "r1");
  std::vector<std::string> products;
  for (char c = 'a'; c < 'f'; ++c) {
    const Id product = Id::of(std::string(16, c));
    claim(wang, std::string("c") + c, product);
    products.push_back("product/" + product.text());
  }
  claim(member("李雷", "13800000002"), "other", world.product);
  apply();
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const auto page = people->streams_of(wang.member, "product/", cursor, 2);
    EXPECT_LE(page.items.size(), 2u);
    for (const auto& item : page.items) seen.push_back(item.stream);
    cursor = page.next;
  } while (!cursor.empty());
  EXPECT_EQ(seen, products);
}

TEST_F(PeopleStoreTest, KnowsWhoHoldsAPhone) {
  const auto wang = member("王小明", "13800000001");
  apply();
  EXPECT_EQ(people->holder_of_phone(world.opener().phone_token("+86 13800000001")), wang.member);
  EXPECT_TRUE(people->holder_of_phone(world.opener().phone_token("13800000002")).is_zero());
}

TEST_F(PeopleStoreTest, ContinuesWhereItWasAndSkipsWhatItHas) {
  const auto wang = member("王小明", "13800000001");
  apply();
  people = *PeopleStore::open(store, world.opener());
  EXPECT_EQ(people->position(), 1u);
  claim(wang, "c1", world.product);
  apply();  // the first commit comes again
  EXPECT_EQ(people->position(), 2u);
  EXPECT_EQ(people->streams_of(wang.member, "product/", "", 9).items.size(), 1u);
  told.commits.erase(told.commits.begin());
  told.commits[0].sequence = eventstore::Sequence(7);
  EXPECT_EQ(people->apply(told.commits).error().code, "bad_sequence");
}

TEST_F(PeopleStoreTest, StopsAtAnEventItDoesNotKnow) {
  member("王小明", "13800000001");
  told.commits[0].body.mutable_parts(0)->mutable_events(0)->set_type("MemberTeleported");
  EXPECT_EQ(people->apply(told.commits).error().code, "unknown_event");
  EXPECT_EQ(people->position(), 0u);
}

TEST_F(PeopleStoreTest, PlansAnErasureForAskerAndBeneficiary) {
  const auto wang = member("王小明", "13800000001");
  const auto li = member("李雷", "13800000002");
  const auto own = request(wang, "r1");
  const auto for_wang = request(li, "r2", "138 0000 0001");
  const auto of_li = request(li, "r3");
  claim(wang, "c1", world.product);
  apply();
  const auto plan = erasure.plan(wang.member);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->person_key, wang.key);
  EXPECT_THAT(plan->case_keys, UnorderedElementsAre(case_key(own), case_key(for_wang)));
  ASSERT_EQ(plan->products.size(), 1u);
  EXPECT_EQ(plan->products[0].stream, "product/" + world.product.text());
  EXPECT_EQ(erasure.plan(world.product), std::nullopt);
}

TEST_F(PeopleStoreTest, AfterAnErasureNothingOpensAndNothingLinks) {
  const auto wang = member("王小明", "13800000001");
  const auto li = member("李雷", "13800000002");
  const auto own = request(wang, "r1");
  const auto hers = request(li, "r2");
  const auto claimed = claim(wang, "c1", world.product);
  erase(wang);
  apply();
  EXPECT_THAT(people->unfinished_erasures(), ElementsAre(wang.member));
  EXPECT_EQ(erasure.resume(), 1u);
  EXPECT_THAT(people->unfinished_erasures(), IsEmpty());
  EXPECT_EQ(world.keyring->state(wang.key), KeyState::erased);
  EXPECT_EQ(world.keyring->state(case_key(own)), KeyState::erased);
  EXPECT_EQ(world.keyring->state(case_key(hers)), KeyState::active);
  EXPECT_EQ(people->member_of("product/" + world.product.text(), claimed.pseudonym), std::nullopt);
  EXPECT_TRUE(people->streams_of(wang.member, "", "", 9).items.empty());
  EXPECT_TRUE(people->find(wang.member)->erased);
  EXPECT_TRUE(people->holder_of_phone(world.opener().phone_token("13800000001")).is_zero());
  EXPECT_EQ(rows_with(claimed.pseudonym.view()), 0u);
  EXPECT_EQ(rows_with(wang.member.view()), 1u) << "the tombstone alone";
  EXPECT_FALSE(
      world.opener().open_introduction(claimed.introductions[0].sealed_member, "product/" + world.product.text()));
}

TEST_F(PeopleStoreTest, TellsEachWhichEntriesOfTheJournalAreAboutThem) {
  const auto wang = member("王小明", "13800000001");
  const auto li = member("李雷", "13800000002");
  look({wang}, "j1");
  look({wang, li}, "j2");
  look({li}, "j3");
  apply();
  using eventstore::Sequence;
  EXPECT_THAT(people->openings_of(wang.member, {}, 9), ElementsAre(Sequence{3}, Sequence{2}));
  EXPECT_THAT(people->openings_of(wang.member, 3, 9), ElementsAre(Sequence{2}));
  EXPECT_THAT(people->openings_of(li.member, {}, 1), ElementsAre(Sequence{4}));
  erase(wang);
  apply();
  ASSERT_TRUE(erasure.resume());
  EXPECT_THAT(people->openings_of(wang.member, {}, 9), IsEmpty());
  EXPECT_EQ(rows_with(wang.member.view()), 1u) << "the tombstone alone";
  EXPECT_THAT(people->openings_of(li.member, {}, 9), ElementsAre(Sequence{4}, Sequence{3}));
}

TEST_F(PeopleStoreTest, TablesOfAnOlderVersionAreFilledAgain) {
  const auto wang = member("王小明", "13800000001");
  apply();
  const auto table = *store.table("position");
  auto row = **store.get(table, "next");
  eventstore::WriteBatch batch;
  batch.put(table, "next", row.substr(0, row.size() - 1));  // as it was written without a version
  ASSERT_TRUE(store.write(batch));
  auto again = *PeopleStore::open(store, world.opener());
  EXPECT_EQ(again->position(), 0u);
  EXPECT_FALSE(again->find(wang.member));
  ASSERT_TRUE(again->apply(told.commits));
  EXPECT_TRUE(again->find(wang.member));
  EXPECT_EQ((*PeopleStore::open(store, world.opener()))->position(), told.commits.size());
}

TEST_F(PeopleStoreTest, IsTheSameWhenFilledAgain) {
  const auto wang = member("王小明", "13800000001");
  const auto li = member("李雷", "13800000002");
  request(wang, "r1");
  const auto hers = claim(li, "c1", world.product);
  erase(wang);
  apply();
  ASSERT_TRUE(erasure.resume());
  adapters::MemoryStore other;
  auto again = *PeopleStore::open(other, world.opener());
  ASSERT_TRUE(again->apply(told.commits));
  EXPECT_TRUE(again->find(wang.member)->erased);
  EXPECT_TRUE(again->streams_of(wang.member, "", "", 9).items.empty());
  EXPECT_EQ(again->member_of("product/" + world.product.text(), hers.pseudonym), li.member);
  Erasure resumed(*world.keyring, *again);
  EXPECT_EQ(resumed.resume(), 1u) << "the note is ended again; keys stay tombstones";
  EXPECT_THAT(again->unfinished_erasures(), IsEmpty());
}

class ErasureCrash : public PeopleStoreTest, public ::testing::WithParamInterface<int> {};

// The power goes at the n-th write or sync of the erasure: what was begun is ended at the next start.
TEST_P(ErasureCrash, IsResumedAtTheNextStart) {
  const auto wang = member("王小明", "13800000001");
  const auto own = request(wang, "r1");
  const auto other = request(wang, "r2");
  erase(wang);
  apply();
  ASSERT_TRUE(world.keyring->sync());
  std::mt19937 tear(static_cast<std::uint32_t>(GetParam()));
  world.disk.stop_after(GetParam());
  EXPECT_FALSE(erasure.resume());
  EXPECT_THAT(people->unfinished_erasures(), ElementsAre(wang.member));
  world.disk.lose_power(tear);
  auto keyring = *adapters::FileKeyring::open(world.disk, world.cryptography, world.log_id, {"keys", "", 256});
  const Opener opener(world.cryptography, *keyring, world.log_id);
  auto reopened = *PeopleStore::open(store, opener);
  EXPECT_EQ(Erasure(*keyring, *reopened).resume(), 1u);
  for (const Id& key : {wang.key, case_key(own), case_key(other)}) EXPECT_EQ(keyring->state(key), KeyState::erased);
  EXPECT_THAT(keyring->erasing(), IsEmpty());
  EXPECT_THAT(reopened->unfinished_erasures(), IsEmpty());
}
// Three keys: a write and a sync each for the beginning and for the end.
INSTANTIATE_TEST_SUITE_P(EveryStep, ErasureCrash, ::testing::Range(1, 13));

TEST_F(PeopleStoreTest, AToldProblemBecomesItsAuthorsRequestOnce) {
  const auto wang = member("王小明", "13800000001");
  claim(wang, "c1", world.product);
  RateClaimBody body;
  body.set_stars(4);
  body.mutable_problem()->set_text("教室太小\n坐不下二十家");
  const auto rated = world.edge->rate_claim(world.call(wang, "rate"), world.product.text(), "1", body);
  ASSERT_TRUE(rated) << rated.error().code;
  const ToldProblem problem{9,
                            "product/" + world.product.text(),
                            rated->pseudonym,
                            std::get<domain::RateClaim>(rated->what).problem(),
                            "feedback",
                            world.organisation};
  EXPECT_EQ(world.edge->resolve_reaction(problem).error().code, "not_yet_known");
  apply();
  const auto first = world.edge->resolve_reaction(problem);
  const auto again = world.edge->resolve_reaction(problem);
  ASSERT_TRUE(first) << first.error().code;
  const auto& what = std::get<domain::SubmitRequest>(first->what);
  const auto stream = domain::primary_stream(first->what);
  EXPECT_EQ(pioneer::testing::revealed(world.opener().open(what.title(), stream, field::request_title)), "教室太小");
  EXPECT_EQ(pioneer::testing::revealed(world.opener().open(what.description(), stream, field::request_description)),
            "教室太小\n坐不下二十家");
  EXPECT_EQ(what.asker(), world.opener().pseudonym(wang.key, stream)->view());
  ASSERT_EQ(first->introductions.size(), 1u);
  EXPECT_EQ(world.opener().open_introduction(first->introductions[0].sealed_member, stream)->member, wang.member);
  EXPECT_EQ(what.cause(), 10u);
  EXPECT_EQ(first->cause, 10u);
  EXPECT_TRUE(first->system);
  EXPECT_EQ(std::get<domain::SubmitRequest>(again->what).id(), what.id());
  EXPECT_EQ(again->once, first->once);
  EXPECT_EQ(again->same, first->same);
  // The erasure comes between: nobody asks, nothing is said, and the id stays.
  erase(wang);
  apply();
  ASSERT_TRUE(erasure.resume());
  const auto later = world.edge->resolve_reaction(problem);
  ASSERT_TRUE(later) << later.error().code;
  const auto& silent = std::get<domain::SubmitRequest>(later->what);
  EXPECT_EQ(silent.id(), what.id());
  EXPECT_FALSE(silent.has_title() || silent.has_description());
  EXPECT_TRUE(silent.asker().empty());
  EXPECT_TRUE(later->introductions.empty());
}

}  // namespace
}  // namespace pioneer::api

// Every command that the edge makes, with planted names, numbers, texts and photos where a person can say something.
#pragma once

#include <string>
#include <vector>

#include "domain/commands.hpp"
#include "domain/streams.hpp"
#include "tests/api/edge/sealed_world.hpp"

namespace pioneer::testing {

/// What must stand nowhere in clear.
namespace planted {
inline const std::string name = "種下的名字 Planted Name";
inline const std::string phone = "13912345678";
inline const std::string beneficiary_phone = "13987654321";
inline const std::string text = "種下的話: planted words, long enough to be found anywhere";
inline const std::string address = "種下的地址 7 Planted Lane";
}  // namespace planted

struct EveryCommand {
  explicit EveryCommand(SealedWorld& in) : world(in), edge(*in.edge) {
    world.uploads.blobs[std::string(32, '\xab')] = {blob_key(), "image/webp"};
    make_registration();
    make_organisations();
    make_members();
    make_requests();
    make_products();
    make_system();
  }

  static api::Secret blob_key() {
    api::Secret key;
    key.bytes.fill('k');
    return key;
  }
  static std::string photo() {
    std::string name;
    for (int i = 0; i < 32; ++i) name += "ab";
    return name;
  }

  SealedWorld& world;
  api::Edge& edge;
  api::Sender who;
  domain::Id request;
  std::vector<domain::Command> commands;

 private:
  api::Call call() { return {who, false, "command " + std::to_string(commands.size()), -1}; }
  void keep(api::Commanded command) {
    ASSERT_TRUE(command) << command.error().code << " " << command.error().field;
    commands.push_back(std::move(*command));
  }

  void make_registration() {
    api::RegisterMemberBody body;
    body.set_name(planted::name);
    body.set_phone(planted::phone);
    body.set_organisation(world.organisation.text());
    keep(edge.register_member(api::Call{{}, false, "registration", -1}, body));
    const auto& what = std::get<domain::RegisterMember>(commands.back().what);
    who = {domain::Id::of(what.id()), domain::Id::of(what.key())};
  }

  void make_organisations() {
    const std::string id = world.organisation.text();
    api::RegisterOrganisationBody made;
    made.set_name("前埔社区");
    made.set_level("community");
    made.set_code("350203001001");
    keep(edge.register_organisation(call(), made));
    api::RenameOrganisationBody renamed;
    renamed.set_name("前埔北社区");
    keep(edge.rename_organisation(call(), id, renamed));
    api::MoveOrganisationBody moved;
    moved.set_parent(world.product.text());
    keep(edge.move_organisation(call(), id, moved));
    api::MergeOrganisationBody merged;
    merged.set_into(world.product.text());
    keep(edge.merge_organisation(call(), id, merged));
    keep(edge.close_organisation(call(), id));
    keep(edge.adopt_policy(call(), domain::Policy()));
    keep(edge.raise_feature_level(call(), 2));
  }

  void make_members() {
    const std::string member = who.member.text();
    api::GrantRoleBody granted;
    granted.set_role("cadre");
    granted.set_organisation(world.organisation.text());
    keep(edge.grant_role(call(), member, granted));
    api::RevokeRoleBody revoked;
    revoked.set_organisation(world.organisation.text());
    keep(edge.revoke_role(call(), member, "cadre", revoked));
    keep(edge.issue_token(call(), member, std::string(32, 'h'), {}));
    api::RevokeTokenBody token;
    token.set_token_hash(photo());
    keep(edge.revoke_token(call(), member, token));
    keep(edge.issue_sign_in(call(), member, std::string(32, 'c'), 1, {}));
    keep(edge.open_session(call(), who.member,
                           {.given_hash = std::string(32, 'c'), .token_hash = std::string(32, 's')}));
    keep(edge.erase_member(call(), member));
    const std::vector<api::Sender> subjects{who};
    keep(edge.record_personal_data_opened(call(), world.organisation, "call back", subjects));
    keep(edge.record_entries_fetched(call(), world.organisation, 0, 65'535));
  }

  void make_requests() {
    api::SubmitRequestBody asked;
    asked.set_title(planted::text);
    asked.set_description(planted::text);
    asked.set_category("repair");
    asked.set_organisation(world.organisation.text());
    asked.mutable_location()->set_lat(24.48);
    asked.mutable_location()->set_lon(118.08);
    asked.mutable_location()->set_address(planted::address);
    asked.add_photos(photo());
    asked.mutable_on_behalf_of()->set_name(planted::name);
    asked.mutable_on_behalf_of()->set_phone(planted::beneficiary_phone);
    keep(edge.submit_request(call(), asked));
    request = domain::Id::of(std::get<domain::SubmitRequest>(commands.back().what).id());
    const std::string id = request.text();
    keep(edge.accept_request(call(), id));
    api::AssignRequestBody assigned;
    assigned.set_organisation(world.organisation.text());
    assigned.set_member(who.member.text());
    keep(edge.assign_request(call(), id, assigned,
                             [](const auto&, const auto&) { return domain::Id::of("a grant 16 bytes"); }));
    api::ReportProgressBody progress;
    progress.set_text(planted::text);
    progress.add_photos(photo());
    keep(edge.report_progress(call(), id, progress));
    api::ResolveRequestBody resolved;
    resolved.set_text(planted::text);
    resolved.add_photos(photo());
    keep(edge.resolve_request(call(), id, resolved));
    keep(edge.confirm_request(call(), id));
    api::DisputeRequestBody disputed;
    disputed.set_reason(planted::text);
    keep(edge.dispute_request(call(), id, disputed));
    api::RateRequestBody rated;
    rated.set_stars(5);
    rated.set_comment(planted::text);
    keep(edge.rate_request(call(), id, rated));
    api::WithdrawRequestBody withdrawn;
    withdrawn.set_reason(planted::text);
    keep(edge.withdraw_request(call(), id, withdrawn));
  }

  void make_products() {
    const std::string id = world.product.text();
    api::CreateProductBody created;
    created.set_title("陶艺课");
    created.set_description("亲子陶艺");
    created.set_kind("activity");
    created.set_organisation(world.organisation.text());
    auto& session = *created.add_sessions();
    session.mutable_starts()->set_seconds(1'800'000'000);
    session.mutable_ends()->set_seconds(1'800'003'600);
    session.set_venue("社区中心");
    created.set_capacity(20);
    created.set_max_per_member(2);
    created.add_pictures(photo());
    keep(edge.create_product(call(), created));
    keep(edge.publish_product(call(), id));
    api::ChangeCapacityBody capacity;
    capacity.set_capacity(30);
    keep(edge.change_capacity(call(), id, capacity));
    api::ChangePicturesBody pictures;
    pictures.add_pictures(photo());
    keep(edge.change_pictures(call(), id, pictures));
    api::CancelProductBody cancelled;
    cancelled.set_reason("停电");
    keep(edge.cancel_product(call(), id, cancelled));
    keep(edge.complete_product(call(), id));
    api::PlaceClaimBody claimed;
    claimed.set_places(1);
    keep(edge.place_claim(call(), id, claimed));
    keep(edge.cancel_claim(call(), id, "1"));
    keep(edge.check_in(call(), id, "1", {}));
    keep(edge.complete_claim(call(), id, "1"));
    keep(edge.mark_no_show(call(), id, "1"));
    api::RateClaimBody rated;
    rated.set_stars(3);
    rated.set_comment(planted::text);
    rated.mutable_problem()->set_text(planted::text);
    rated.mutable_problem()->set_category("repair");
    keep(edge.rate_claim(call(), id, "1", rated));
  }

  void make_system() {
    api::RequestToImport row;
    row.source = "a set";
    row.number = "17";
    row.title = planted::text;
    row.location.emplace();
    row.location->set_address(planted::address);
    row.category = "repair";
    row.organisation = world.organisation;
    keep(edge.import_request(row));
    keep(edge.pass_deadline(request, 1));
    keep(edge.continue_promotion(world.product));
  }
};

/// Everything of a command that may reach a stream: never the member it came from.
inline std::string serialized(const domain::Command& command) {
  std::string out = std::visit([](const auto& c) { return c.SerializeAsString(); }, command.what);
  out.append(domain::primary_stream(command.what))
      .append(command.pseudonym.view())
      .append(command.once)
      .append(command.same);
  for (const auto& introduction : command.introductions) {
    out.append(introduction.pseudonym.view()).append(introduction.sealed_member);
  }
  return out;
}

}  // namespace pioneer::testing

#include "projections/members/members.hpp"

#include <variant>

#include "projections/engine/codec.hpp"

namespace pioneer::projections {
namespace {

using domain::Id;
using domain::MemberState;
using eventstore::failure;
using eventstore::Result;

std::string member_key(const Id& id) { return std::string("m").append(id.view()); }
std::string grant_key(const Id& id) { return std::string("g").append(id.view()); }

class Fold {
 public:
  Fold(MemberRow& row, Batch& batch) : row_(row), batch_(batch) {}

  void operator()(const domain::SubjectKeyIssued& e) { row_.key = Id::of(e.key()); }
  void operator()(const domain::MemberRegistered& e) {
    row_.state = MemberState::active;
    row_.organisation = Id::of(e.organisation());
    if (e.has_name()) row_.name = SealedValue(e.name());
    if (e.has_phone()) row_.phone = SealedValue(e.phone());
  }
  void operator()(const domain::RoleGranted& e) {
    const GrantRow grant{Id::of(e.grant()), row_.id, e.role(), Id::of(e.organisation()), true};
    row_.grants.push_back(grant.grant);
    batch_.put(grant_key(grant.grant), grant.encode());
  }
  void operator()(const domain::RoleRevoked& e) {
    const auto grant = Id::of(e.grant());
    std::erase(row_.grants, grant);
    end(grant);
  }
  void operator()(const domain::MemberErased&) {
    row_.state = MemberState::erased;
    for (const auto& grant : row_.grants) end(grant);
    row_.grants.clear();
    row_.name = {};
    row_.phone = {};
  }
  template <class Other>
  void operator()(const Other&) {}  // tokens, and events of other streams

 private:
  void end(const Id& id) {
    const auto* const stored = batch_.get(grant_key(id));
    auto grant = stored ? GrantRow::decode(id, *stored) : std::nullopt;
    if (!grant) return batch_.fail("The row of grant " + id.text() + " is missing or does not parse.");
    grant->active = false;
    batch_.put(grant_key(id), grant->encode());
  }
  MemberRow& row_;
  Batch& batch_;
};

template <class Row>
Result<std::optional<Row>> read(const View& rows, const std::string& key, const Id& id) {
  const auto stored = rows.get(key);
  if (!stored) return std::unexpected(stored.error());
  if (!*stored) return std::optional<Row>{};
  auto row = Row::decode(id, **stored);
  if (!row) return failure("corrupt_row", "A row of the members does not parse; rebuild the projection.");
  return row;
}

}  // namespace

std::string GrantRow::encode() const {
  return Encoder().id(member).number(role).id(organisation).number(active ? 1u : 0u).take();
}

std::optional<GrantRow> GrantRow::decode(const Id& grant, std::string_view bytes) {
  Decoder from(bytes);
  GrantRow row;
  row.grant = grant;
  row.member = from.id();
  row.role = static_cast<domain::Role::Value>(from.number());
  row.organisation = from.id();
  row.active = from.number() != 0;
  if (!from.complete()) return std::nullopt;
  return row;
}

std::string MemberRow::encode() const {
  Encoder to;
  to.number(state).number(revision).id(key).id(organisation);
  name.write(to);
  phone.write(to);
  to.number(grants.size());
  for (const auto& grant : grants) to.id(grant);
  return to.take();
}

std::optional<MemberRow> MemberRow::decode(const Id& id, std::string_view bytes) {
  Decoder from(bytes);
  MemberRow row;
  row.id = id;
  row.state = static_cast<MemberState::Value>(from.number());
  row.revision = from.number();
  row.key = from.id();
  row.organisation = from.id();
  row.name = SealedValue::read(from);
  row.phone = SealedValue::read(from);
  for (auto count = from.number(); count > 0 && from.ok(); --count) row.grants.push_back(from.id());
  if (!from.complete()) return std::nullopt;
  return row;
}

void MembersProjection::apply(const Commit& commit, Batch& batch) const {
  for (const auto& part : commit.parts) {
    if (part.kind != StreamKind::member || part.events.empty()) continue;
    const auto key = member_key(part.id);
    const auto* const stored = batch.get(key);
    auto row = stored ? MemberRow::decode(part.id, *stored) : MemberRow{};
    if (!row) return batch.fail("The row of a member does not parse.");
    row->id = part.id;
    Fold fold(*row, batch);
    for (const auto& event : part.events) std::visit(fold, event);
    row->revision = part.revision();
    batch.put(key, row->encode());
  }
}

Result<std::optional<MemberRow>> Members::get(const Id& id) const { return read<MemberRow>(rows_, member_key(id), id); }
Result<std::optional<GrantRow>> Members::grant(const Id& id) const { return read<GrantRow>(rows_, grant_key(id), id); }

Result<std::vector<GrantRow>> Members::grants(const MemberRow& member) const {
  std::vector<GrantRow> all;
  for (const auto& id : member.grants) {
    auto one = grant(id);
    if (!one) return std::unexpected(one.error());
    if (*one) all.push_back(**one);
  }
  return all;
}

}  // namespace pioneer::projections

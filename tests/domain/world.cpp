#include "tests/domain/world.hpp"

#include <cctype>

namespace pioneer::domain::specs {

// FNV-1a twice, with two offsets: enough to tell the names of a spec apart.
Id id(std::string_view name) {
  Id out;
  for (std::size_t half = 0; half < 2; ++half) {
    std::uint64_t h = 14695981039346656037ULL + half * 0x9E3779B97F4A7C15ULL;
    for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    for (std::size_t i = 0; i < 8; ++i) out.bytes[half * 8 + i] = static_cast<std::uint8_t>(h >> (8 * i));
  }
  return out;
}

std::string bytes(const Id& id) { return std::string(id.view()); }
std::string bytes(std::string_view name) { return bytes(id(name)); }

Sealed sealed(std::string_view content) {
  Sealed s;
  s.set_key(bytes("key"));
  s.set_box(std::string(content));
  return s;
}

Id pseudonym(std::string_view name) { return id("pseudonym of " + std::string(name)); }
Id grant_id(std::string_view member, Role::Value role) {
  return id(std::string(member) + "/" + Role::Value_Name(role));
}

World::World() {
  register_organisation("city", Level::city, "", "3502");
  register_organisation("district", Level::district, "city", "350203");
  register_organisation("street", Level::street, "district", "350203001");
  register_organisation("community_a", Level::community, "street", "350203001001");
  register_organisation("community_b", Level::community, "street", "350203001002");
  register_organisation("closed_community", Level::community, "street", "350203001003");
  register_organisation("department", Level::department, "district");
  register_organisation("far_city", Level::city, "", "3205");
  directory.evolve(id("closed_community"), OrganisationClosed{}, {});

  for (const auto* name : {"alice", "bob", "cadre_a", "cadre_b", "cadre_street", "auditor", "administrator"}) {
    register_member(name, "community_a");
  }
  register_member("root_administrator", "city");
  grant("cadre_a", Role::cadre, "community_a");
  grant("cadre_b", Role::cadre, "community_b");
  grant("cadre_street", Role::cadre, "street");
  grant("auditor", Role::auditor, "city");
  grant("administrator", Role::administrator, "street");
  grant("root_administrator", Role::administrator, "city");

  PolicyAdopted adopted;
  for (const auto* code : {"repair", "care"}) {
    Category* category = adopted.mutable_policy()->add_categories();
    category->set_code(code);
    category->set_name_zh(code);
    category->set_name_en(code);
    category->set_accept_within_minutes(60);
    category->set_resolve_within_minutes(3 * 24 * 60);
  }
  adopted.mutable_policy()->set_confirm_within_minutes(7 * 24 * 60);
  adopted.mutable_policy()->set_feedback_category("care");
  policy::evolve(policy, adopted, {});
}

void World::register_organisation(std::string_view name, Level::Value level, std::string_view parent,
                                  std::string code) {
  OrganisationRegistered event;
  event.set_name(std::string(name));
  event.set_level(level);
  if (!parent.empty()) event.set_parent(bytes(parent));
  event.set_code(std::move(code));
  directory.evolve(id(name), event, {});
}

void World::register_member(std::string_view name, std::string_view organisation) {
  SubjectKeyIssued key;
  key.set_key(bytes("key of " + std::string(name)));
  key.set_kind(KeyKind::person);
  MemberRegistered registered;
  registered.set_organisation(bytes(organisation));
  roster.evolve(id(name), key, {});
  roster.evolve(id(name), registered, {});
}

void World::grant(std::string_view member, Role::Value role, std::string_view organisation) {
  RoleGranted event;
  event.set_grant(bytes(grant_id(member, role)));
  event.set_role(role);
  event.set_organisation(bytes(organisation));
  roster.evolve(id(member), event, {});
}

void World::revoke(std::string_view member, Role::Value role) {
  RoleRevoked event;
  event.set_grant(bytes(grant_id(member, role)));
  roster.evolve(id(member), event, {});
}

Actor nobody() { return {}; }

Actor system() {
  Actor actor;
  actor.kind = Actor::Kind::system;
  return actor;
}

Actor person(const World& world, std::string_view name) {
  Actor actor;
  actor.kind = Actor::Kind::person;
  actor.pseudonym = pseudonym(name);
  actor.member = id(name);
  actor.grants = world.roster.grants(actor.member);
  return actor;
}

Actor self(const World& world, std::string_view name) {
  Actor actor = person(world, name);
  actor.is_self = true;
  return actor;
}

}  // namespace pioneer::domain::specs

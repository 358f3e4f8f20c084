// Who plays in the demo: communities with their streets, firms, cadres, members; and names for them.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/cli/demo/stage.hpp"
#include "api/cli/imports.hpp"
#include "api/ports/demo_texts.hpp"

namespace pioneer::cli::demo {

/// An organisation that people turn to.
struct Place {
  domain::Id organisation;
  std::string name;
  bool in_xiamen = true;
  bool is_firm = false;
  Place* above = nullptr;  ///< the street
  Person cadre;
  std::vector<Person*> residents;  ///< registered so far
};

class Cast {
 public:
  /// Registers firms and cadres at once; members follow in the first three days.
  Cast(Stage& stage, const api::DemoTexts& texts, const std::vector<api::OrganisationRow>& rows,
       const OrganisationsByCode& by_code);

  /// Communities of both cities; the first is the busy one.
  const std::vector<Place*>& communities() const { return communities_; }
  const std::vector<Place*>& firms() const { return firms_; }
  Place& busy() { return *communities_.front(); }
  /// Null: not of this cast.
  Place* place(const domain::Id& organisation);

  Person& administrator() { return administrator_; }
  Person& auditor() { return auditor_; }
  /// Who shows how a member sees it all; lives in the second community.
  Person& shown_member() { return shown_member_; }

  /// Any resident, of any community of the same city.
  Person& somebody_near(const Place& place);
  std::string name(bool chinese);
  /// Made up; each only once.
  std::string phone();

 private:
  Person enrol(const std::string& name, bool chinese, const domain::Id& organisation);
  void grant(const Person& person, const std::string& role, const domain::Id& organisation);
  Place& add_place(const domain::Id& organisation, const std::string& name, bool in_xiamen, Place* above);
  void found_firms(Place& street, bool in_xiamen);

  Stage& stage_;
  const api::DemoTexts& texts_;
  std::deque<Place> places_;
  std::deque<Person> people_;
  std::unordered_map<domain::Id, Place*, domain::IdHash> by_organisation_;
  std::vector<Place*> communities_, firms_;
  Person administrator_, auditor_, shown_member_;
  std::uint32_t phones_ = 0;
  std::size_t firms_founded_ = 0;
};

}  // namespace pioneer::cli::demo

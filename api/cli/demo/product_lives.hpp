// Lives of products: offered, claimed, waited for, attended, completed, rated; sometimes cancelled.
#pragma once

#include <memory>
#include <unordered_map>

#include "api/cli/demo/cast.hpp"

namespace pioneer::cli::demo {

class ProductLives {
 public:
  ProductLives(Stage& stage, Cast& cast, const api::DemoTexts& texts) : stage_(stage), cast_(cast), texts_(texts) {}

  /// Everything that is offered in these days. `shown` claims some of what is still to come.
  void plan(Person& shown);
  /// Whose rating a commit holds; null: no rating of the demo.
  Person* rater_at(std::uint64_t position) const;

 private:
  struct Claim {
    Person* owner = nullptr;
    std::uint32_t ticket = 0;
  };
  struct Life {
    const api::ProductText* text = nullptr;
    Place* place = nullptr;
    std::string id;
    std::uint32_t sessions = 1;  ///< a day apart
    Minute first_session = 0;
    Minute over = 0;  ///< the end of the last session
    std::vector<Claim> claims;
  };
  using LifePtr = std::shared_ptr<Life>;

  void plan_one(const api::ProductText& text, Place& place, Minute when, Person* shown);
  void plan_door(Person& shown);
  void create(const LifePtr& life);
  void plan_claims(const LifePtr& life, Minute published, Person* shown);
  void claim(const LifePtr& life, Person& owner);
  void change_of_mind(const LifePtr& life, const Claim& claim);
  void attend(const LifePtr& life);
  void rate(const LifePtr& life, const Claim& claim);
  const std::string& in(const Person& person, const api::Bilingual& text) const {
    return person.chinese ? text.zh : text.en;
  }

  Stage& stage_;
  Cast& cast_;
  const api::DemoTexts& texts_;
  std::unordered_map<std::uint64_t, Person*> raters_;
};

}  // namespace pioneer::cli::demo

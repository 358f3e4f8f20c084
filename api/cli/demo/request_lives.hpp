// Lives of requests: asked, taken on, worked, resolved, then confirmed, disputed or left to silence; rated, or
// withdrawn.
#pragma once

#include <memory>
#include <unordered_map>

#include "api/cli/demo/cast.hpp"

namespace pioneer::cli::demo {

class RequestLives {
 public:
  RequestLives(Stage& stage, Cast& cast, const api::DemoTexts& texts, const domain::Policy& policy);

  /// Everything that will be asked in these days, but for the busy community.
  void plan_ordinary();
  /// At the end the busy community has exactly these many open requests, and so many of them overdue.
  void plan_busy(int open, int overdue);
  /// A few of the shown member's own, in different states; so many of them are open at the end.
  static constexpr int shown_open = 3;
  void plan_shown(Person& member, Place& place);
  /// A problem told in a rating became this request; `asker` null: erased.
  void work_feedback(const domain::Id& request, Place& place, Person* asker);

 private:
  /// One request, from the moment when it is planned.
  struct Life {
    Place* place = nullptr;
    Person* asker = nullptr;
    Person* worker = nullptr;
    const api::CategoryTexts* texts = nullptr;
    std::string id;
    Minute submitted = 0;
  };
  using LifePtr = std::shared_ptr<Life>;
  struct Clocks {
    Minute accept = 0;
    Minute resolve = 0;
  };
  enum class Fate { closed, accepted, in_progress, awaiting, ignored };

  void submit(const LifePtr& life, const api::RequestText& text);
  LifePtr planned(Place& place, Person* asker, const api::CategoryTexts& texts);
  void ordinary(Place& place, Minute when);
  void closed_quickly(Place& place, Minute when);
  void left_open(Place& place, const api::CategoryTexts& texts, Minute when, Fate fate);
  void accept(const LifePtr& life);
  void progress(const LifePtr& life);
  void resolve(const LifePtr& life);
  void answer(const LifePtr& life, int disputes_left);
  void rate(const LifePtr& life, int stars);
  void work(const LifePtr& life, Minute from);
  const std::string& in(const Person& person, const api::Bilingual& text) const;
  std::string filled(std::string text, bool chinese);
  Minute working(Minute minute);
  Minute waking_minute();
  Clocks clocks(const api::CategoryTexts& texts) const;

  Stage& stage_;
  Cast& cast_;
  const api::DemoTexts& texts_;
  std::unordered_map<std::string, Clocks> clocks_;
};

}  // namespace pioneer::cli::demo

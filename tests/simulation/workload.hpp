// Clients of a simulated node: what they send, with idempotency keys, and what they were told.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/edge/edge.hpp"
#include "api/node/node.hpp"
#include "tests/simulation/seeded.hpp"

namespace pioneer::tests {

/// One command of one client, under one key, sent once or more often, to one node or to several.
struct Sent {
  static constexpr std::size_t nodes_max = 3;
  using Make = std::function<api::Commanded(api::Edge&, const api::Call&)>;
  using Learn = std::function<void(const node::Outcome&)>;

  api::Call call;
  Make make;
  Learn learn;                            ///< from the first acceptance that the client hears of
  std::string once;                       ///< as it would stand in the log
  bool shares_key = false;                ///< its key is another's: what stands in the log under it may be that one's
  std::array<bool, nodes_max> waits{};    ///< for that node's answer
  std::uint64_t in_doubt = 0;             ///< sendings without an answer, or with "unknown"
  std::optional<std::uint64_t> accepted;  ///< position
  std::size_t accepted_by = 0;
  bool learnt = false;
  bool early = false;  ///< the client does not wait for answers (Workload::hear_early)

  /// Without it and `accepted` it must not be in the log.
  bool may_be_there() const { return in_doubt > 0 || accepted; }
};

class Workload {
 public:
  /// True while answers of that node reach clients: a machine without power tells nobody anything.
  using Listening = std::function<bool(std::size_t at)>;
  Workload(std::uint64_t seed, Listening listening);

  /// Where several nodes share one log, whoever says no may not know yet what another wrote: false. True: from here on
  /// all know everything, as a node does that has its log for itself.
  void set_noes_final(bool noes_final) { noes_final_ = noes_final; }

  /// Sends a few commands to one of the nodes: first those that make the community, then any.
  void turn(node::Node& node, std::size_t at = 0);
  /// Sends again what has no answer.
  void resend(node::Node& node, std::uint64_t one_in, std::size_t at = 0);
  /// The node is gone, and with it what it had not answered.
  void node_ended(std::size_t at = 0);
  /// A break on purpose: the client of this command takes it for accepted, at this position.
  void hear_early(const std::string& once, std::uint64_t position);

  const std::deque<Sent>& sent() const { return sent_; }
  std::size_t unanswered() const;
  bool founded() const { return founding_next_ == founding_.size(); }
  /// All answers so far, in one line each.
  const std::string& heard() const { return heard_; }
  const std::vector<std::string>& wrong() const { return wrong_; }

  struct Counts {
    std::uint64_t accepted = 0, refused = 0, repeated = 0, unknown = 0, unavailable = 0, edge_refused = 0,
                  found_after_silence = 0;  ///< no answer at first, and then it turned out to be in the log
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Person {
    api::Sender sender;
  };
  struct Claim {
    domain::Id product;
    std::size_t owner = 0;
    std::uint32_t ticket = 0;
  };
  struct Request {
    domain::Id id;
    std::size_t asker = 0;
  };

  Sent& add(std::optional<api::Sender> sender, Sent::Make make, Sent::Learn learn = {});
  void send(Sent& sent, node::Node& node, std::size_t at);
  void hear(Sent& sent, std::size_t at, const node::Outcome& outcome);
  void hear_no(Sent& sent, std::size_t at, const std::string& said);
  void found();

  Sent& register_organisation(std::string level, std::optional<std::size_t> parent);
  Sent& register_member();
  Sent& grant_cadre(std::size_t member);
  Sent& create_product();
  Sent& publish_product(std::size_t product);
  Sent& any();
  Sent& about_claim();
  Sent& about_request();
  Sent& about_product();
  Sent& about_community();
  Sent& place_claim();
  Sent& rate(const Claim& claim);
  Sent& submit_request();
  Sent& repeat_with_other_content(Sent& first);
  const api::Sender& cadre() { return people_[dice_.below(cadres)].sender; }

  static constexpr std::size_t cadres = 2;

  Dice dice_;
  Listening listening_;
  bool noes_final_ = true;
  std::deque<Sent> sent_;
  std::vector<std::function<Sent&()>> founding_;
  std::size_t founding_next_ = 0;
  Sent* founding_sent_ = nullptr;
  std::uint64_t calls_ = 0;
  std::string heard_;
  std::vector<std::string> wrong_;
  Counts counts_;

  std::vector<domain::Id> organisations_;
  std::vector<Person> people_;
  std::vector<domain::Id> products_;
  std::vector<Claim> claims_;
  std::vector<Request> requests_;
};

}  // namespace pioneer::tests

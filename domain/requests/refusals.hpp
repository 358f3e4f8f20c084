// Why something cannot be done with a request. A closed list.
#pragma once

#include "domain/common/refusals.hpp"

namespace pioneer::domain::requests::refusals {

inline constexpr RefusalText already_imported{"already_imported", RefusalKind::conflict,
                                              "This row was imported before."};
inline constexpr RefusalText not_holder{
    "not_holder", RefusalKind::conflict,
    "Another organisation holds this request. Ask it to assign the request to you."};
inline constexpr RefusalText not_accepted{"not_accepted", RefusalKind::conflict,
                                          "Nobody has accepted this request yet. Accept it first."};
inline constexpr RefusalText already_accepted{"already_accepted", RefusalKind::conflict,
                                              "This request is accepted already."};
inline constexpr RefusalText awaiting_confirmation{"awaiting_confirmation", RefusalKind::conflict,
                                                   "This request is resolved and waits for the asker's answer."};
inline constexpr RefusalText request_closed{"request_closed", RefusalKind::conflict,
                                            "This request is closed. If help is still needed, make a new one."};
inline constexpr RefusalText request_withdrawn{"request_withdrawn", RefusalKind::conflict,
                                               "The asker has withdrawn this request."};
inline constexpr RefusalText already_assigned{"already_assigned", RefusalKind::conflict,
                                              "The request is assigned there already."};
inline constexpr RefusalText assign_out_of_reach{
    "assign_out_of_reach", RefusalKind::conflict,
    "A request can be given to organisations below yours, or to the holder's parent. Choose one of them."};
inline constexpr RefusalText not_an_official_there{"not_an_official_there", RefusalKind::conflict,
                                                   "This person is no cadre of that organisation. Choose one who is."};
inline constexpr RefusalText not_resolved{"not_resolved", RefusalKind::conflict,
                                          "This request is not resolved yet. Wait for the holder's result."};
inline constexpr RefusalText confirmation_over{
    "confirmation_over", RefusalKind::conflict,
    "The time to confirm or dispute is over. If help is still needed, make a new request."};
inline constexpr RefusalText not_closed{"not_closed", RefusalKind::conflict,
                                        "This request can be rated when it is closed."};
inline constexpr RefusalText request_already_rated{"request_already_rated", RefusalKind::conflict,
                                                   "You have rated this already. Thank you."};
inline constexpr RefusalText own_work{"own_work", RefusalKind::conflict,
                                      "You worked on this request yourself. Nobody confirms or rates their own work."};
inline constexpr RefusalText no_such_deadline{"no_such_deadline", RefusalKind::conflict,
                                              "This request has no such deadline."};
inline constexpr RefusalText deadline_replaced{"deadline_replaced", RefusalKind::conflict,
                                               "A newer deadline has replaced this one."};
inline constexpr RefusalText deadline_passed{"deadline_passed", RefusalKind::conflict,
                                             "This deadline was noted as passed before."};
inline constexpr RefusalText deadline_met{"deadline_met", RefusalKind::conflict,
                                          "What this deadline asked for has happened."};
inline constexpr RefusalText deadline_not_due{"deadline_not_due", RefusalKind::conflict,
                                              "This deadline is not due yet."};

inline constexpr std::array all{
    already_imported, not_holder,        not_accepted,     already_accepted,      awaiting_confirmation,
    request_closed,   request_withdrawn, already_assigned, assign_out_of_reach,   not_an_official_there,
    not_resolved,     confirmation_over, not_closed,       request_already_rated, own_work,
    no_such_deadline, deadline_replaced, deadline_passed,  deadline_met,          deadline_not_due};

}  // namespace pioneer::domain::requests::refusals

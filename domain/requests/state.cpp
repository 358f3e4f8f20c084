#include "domain/requests/state.hpp"

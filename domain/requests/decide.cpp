#include "domain/requests/decide.hpp"

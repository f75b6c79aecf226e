/* Callback.h -- mbed::Callback: a function, or an object and its member function, to call later */
#ifndef TLSSOCKET_MBED_CALLBACK_H
#define TLSSOCKET_MBED_CALLBACK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "nsapi_types.h"

namespace mbed
{

template <typename Signature> class Callback;

/* void f(): what sigio takes. Copies freely; what it calls is borrowed. */
template <> class Callback<void()>
{
  public:
    typedef void (*Function)();

    Callback(Function function = NULL) : object(NULL), call(function != NULL ? plain : NULL)
    {
        store(function);
    }

    template <typename T, typename U>
    Callback(U *that, void (T::*member)()) : object(that), call(bound<T>)
    {
        store(member);
    }

    template <typename T, typename U>
    Callback(void (*function)(T *), U *that) : object(that), call(given<T>)
    {
        store(function);
    }

    void operator()() const
    {
        if (call != NULL)
            call(*this);
    }

    operator bool() const
    {
        return call != NULL;
    }

  private:
    void *object;
    void (*call)(const Callback &);
    char target[2 * sizeof(void *)]; /* a function or a member function, by its bytes */

    template <typename F> void store(F function)
    {
        typedef char fits[sizeof function <= sizeof target ? 1 : -1];
        memset(target, 0, sizeof target);
        memcpy(target, &function, sizeof(fits) * sizeof function);
    }

    template <typename F> static F load(const Callback &callback)
    {
        F function;
        memcpy(&function, callback.target, sizeof function);
        return function;
    }

    static void plain(const Callback &callback)
    {
        load<Function>(callback)();
    }

    template <typename T> static void bound(const Callback &callback)
    {
        (static_cast<T *>(callback.object)->*load<void (T::*)()>(callback))();
    }

    template <typename T> static void given(const Callback &callback)
    {
        load<void (*)(T *)>(callback)(static_cast<T *>(callback.object));
    }
};

/* void f(nsapi_event_t, intptr_t): what NetworkInterface's listeners are. */
template <> class Callback<void(nsapi_event_t, intptr_t)>
{
  public:
    typedef void (*Function)(nsapi_event_t, intptr_t);

    Callback(Function f = NULL) : function(f)
    {
    }

    void operator()(nsapi_event_t event, intptr_t parameter) const
    {
        if (function != NULL)
            function(event, parameter);
    }

    bool operator==(const Callback &other) const
    {
        return function == other.function;
    }

  private:
    Function function;
};

inline Callback<void()> callback(void (*function)())
{
    return Callback<void()>(function);
}

template <typename T, typename U> Callback<void()> callback(U *that, void (T::*member)())
{
    return Callback<void()>(that, member);
}

template <typename T, typename U> Callback<void()> callback(void (*function)(T *), U *that)
{
    return Callback<void()>(function, that);
}

} /* namespace mbed */

#endif
